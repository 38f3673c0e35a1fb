/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: xen_blkback in tracefs. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xen_blkback

#if !defined(XBB_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define XBB_TRACE_H

#include <linux/tracepoint.h>

#include "queue.h"
#include "request.h"
#include "rings.h"

TRACE_EVENT(xbb_sweep,
	TP_PROTO(const struct xbb_queue *queue, unsigned int taken,
		 unsigned int waiting),
	TP_ARGS(queue, taken, waiting),
	TP_STRUCT__entry(
		__array(char, vbd, 32)
		__field(unsigned int, queue)
		__field(unsigned int, taken)
		__field(unsigned int, waiting)
	),
	TP_fast_assign(
		memcpy(__entry->vbd, queue->rings->name, 32);
		__entry->queue = queue->index;
		__entry->taken = taken;
		__entry->waiting = waiting;
	),
	TP_printk("vbd=%s queue=%u taken=%u of=%u", __entry->vbd,
		  __entry->queue, __entry->taken, __entry->waiting)
);

TRACE_EVENT(xbb_answer,
	TP_PROTO(const struct xbb_req *req),
	TP_ARGS(req),
	TP_STRUCT__entry(
		__array(char, vbd, 32)
		__field(unsigned int, queue)
		__field(u64, id)
		__field(u64, sector)
		__field(u32, nr_sectors)
		__field(u8, op)
		__field(u8, move)
		__field(int, error)
	),
	TP_fast_assign(
		memcpy(__entry->vbd, req->queue->rings->name, 32);
		__entry->queue = req->queue->index;
		__entry->id = req->id;
		__entry->sector = req->sector;
		__entry->nr_sectors = req->nr_sectors;
		__entry->op = req->op;
		__entry->move = req->move;
		__entry->error = req->error;
	),
	TP_printk("vbd=%s queue=%u id=%llu op=%u sector=%llu+%u move=%u error=%d",
		  __entry->vbd, __entry->queue, __entry->id, __entry->op,
		  __entry->sector, __entry->nr_sectors, __entry->move,
		  __entry->error)
);

TRACE_EVENT(xbb_state,
	TP_PROTO(const char *vbd, int frontend, int backend, int link),
	TP_ARGS(vbd, frontend, backend, link),
	TP_STRUCT__entry(
		__array(char, vbd, 32)
		__field(int, frontend)
		__field(int, backend)
		__field(int, link)
	),
	TP_fast_assign(
		strscpy(__entry->vbd, vbd, 32);
		__entry->frontend = frontend;
		__entry->backend = backend;
		__entry->link = link;
	),
	TP_printk("vbd=%s frontend=%d backend=%d link=%d", __entry->vbd,
		  __entry->frontend, __entry->backend, __entry->link)
);

#endif /* XBB_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xbb_trace
#include <trace/define_trace.h>
