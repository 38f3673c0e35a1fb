/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two life cycles as the drivers had them before common/backend/life.c,
 * line by line, on a view instead of xenstore; what they do goes into a log.
 *
 * Where they are not followed, because what they did was of no use:
 * - a device that has retired does nothing more (netback went on following its
 *   frontend, blkback wrote Closed anew each time);
 * - netback says that a frontend broke its rings before they go, as blkback;
 * - rings that are broken when a driver is removed are not handed over (blkback
 *   did, if its work had not seen it yet).
 */
#ifndef XB_LIFE_MODELS_H
#define XB_LIFE_MODELS_H

#include "backend/life.h"
#include "xgh_internal.h"

#define LIFE_LOG	32

struct life_log {
	unsigned int nr;
	/* An action; with DRAIN, how the driver is to stop its queues. */
	int what[LIFE_LOG];
	int how[LIFE_LOG];
};

static inline void life_log(struct life_log *log, int what, int how)
{
	if (log->nr < LIFE_LOG) {
		log->what[log->nr] = what;
		log->how[log->nr] = how;
		log->nr++;
	}
}

struct life_model {
	enum { NONE, UP, DRAINING, ORPHAN } link;
	bool announced;
	bool retire;
	bool removed;
	bool orphaned;
	bool replaced;
	bool leaving;
	bool failed;
	enum xenbus_state failed_at;
	unsigned int failures;
	unsigned long retry_at;
	unsigned long leave_end;
	unsigned long orphan_end;
	bool links;
	struct xgh_life_view view;
	struct life_log *log;
};

static inline void model_switch(struct life_model *m, enum xenbus_state state)
{
	static const int actions[] = {
		[XenbusStateInitWait] = XGH_LIFE_INIT_WAIT,
		[XenbusStateConnected] = XGH_LIFE_CONNECT,
		[XenbusStateClosing] = XGH_LIFE_CLOSING,
		[XenbusStateClosed] = XGH_LIFE_CLOSED,
		[XenbusStateReconfigured] = XGH_LIFE_RECONFIGURED,
	};

	if (m->view.own == state)
		return;
	m->view.own = state;
	life_log(m->log, actions[state], 0);
}

static inline void model_fail(struct life_model *m)
{
	unsigned long now = m->view.now;

	if (time_after(now, m->retry_at + 600 * HZ))
		m->failures = 0;
	m->retry_at = now + (HZ << m->failures);
	if (m->failures < 6)
		m->failures++;
	m->failed = true;
	m->failed_at = m->view.frontend;
	m->view.own = XenbusStateClosing;
}

static inline bool model_must_wait(const struct life_model *m)
{
	long rest = m->retry_at - m->view.now;

	return m->failures && rest > 0;
}

static inline bool model_is_detached(const struct life_model *m)
{
	return m->view.online == XGH_ONLINE_OFF;
}

static inline bool model_is_left(struct life_model *m)
{
	long rest;

	if (!model_is_detached(m) || m->view.predecessor) {
		m->leaving = false;
		return false;
	}
	if (!m->leaving) {
		m->leaving = true;
		m->leave_end = m->view.now + 2 * HZ;
	}
	rest = m->leave_end - m->view.now;
	return rest <= 0;
}

static inline void model_retire(struct life_model *m)
{
	m->retire = true;
	life_log(m->log, XGH_LIFE_RETIRE, 0);
}

/* ---- blkback/device/vbd.c --------------------------------------------- */

static inline void vbd_start_drain(struct life_model *m, bool forsaken)
{
	if (m->link != UP)
		return;
	m->link = DRAINING;
	life_log(m->log, XGH_LIFE_DRAIN, forsaken);
}

static inline void vbd_free_queues(struct life_model *m)
{
	m->link = NONE;
	m->view.broken = false;
	life_log(m->log, XGH_LIFE_FREE, 0);
}

static inline bool vbd_finish_orphan(struct life_model *m)
{
	if (!m->view.noticed && !time_after_eq(m->view.now, m->orphan_end))
		return false;
	vbd_free_queues(m);
	return true;
}

static inline bool vbd_finish_drain(struct life_model *m)
{
	if (!m->view.drained)
		return false;
	if (m->orphaned) {
		m->link = ORPHAN;
		m->orphan_end = m->view.now + 30 * HZ;
		life_log(m->log, XGH_LIFE_ORPHAN, 0);
		return true;
	}
	vbd_free_queues(m);
	return true;
}

static inline void vbd_forgive(struct life_model *m)
{
	if (m->view.frontend == XenbusStateClosing ||
	    m->view.frontend == XenbusStateClosed ||
	    (m->view.frontend == XenbusStateInitialising &&
	     m->failed_at != XenbusStateInitialising))
		m->failed = false;
}

static inline void vbd_link_up(struct life_model *m)
{
	life_log(m->log, XGH_LIFE_LINK_UP, 0);
	if (!m->links) {
		model_fail(m);
		return;
	}
	m->link = UP;
	m->view.own = XenbusStateConnected;
	life_log(m->log, XGH_LIFE_CONNECT, 0);
}

static inline void vbd_frontend_ready(struct life_model *m)
{
	if (m->link == UP) {
		if (m->view.own == XenbusStateClosing)
			vbd_start_drain(m, true);
		return;
	}
	if (m->view.resource == XGH_RESOURCE_NONE || m->failed || m->leaving ||
	    model_must_wait(m) || m->view.predecessor)
		return;
	if (m->view.resource == XGH_RESOURCE_READY)
		vbd_link_up(m);
	else
		life_log(m->log, XGH_LIFE_PREPARE, 0);
}

static inline void vbd_frontend_starts(struct life_model *m)
{
	if (m->link == UP)
		vbd_start_drain(m, true);
	else if (!m->failed)
		model_switch(m, XenbusStateInitWait);
}

static inline void vbd_frontend_closed(struct life_model *m)
{
	if (m->link == UP) {
		vbd_start_drain(m, true);
		return;
	}
	if (m->view.online == XGH_ONLINE_ON)
		model_switch(m, XenbusStateClosed);
	else
		model_retire(m);
}

static inline void vbd_follow(struct life_model *m)
{
	if (m->view.replaced || m->retire)
		return;
	if (m->link == NONE && model_is_left(m)) {
		model_retire(m);
		return;
	}
	vbd_forgive(m);
	switch (m->view.frontend) {
	case XenbusStateInitialising:
		return vbd_frontend_starts(m);
	case XenbusStateInitialised:
	case XenbusStateConnected:
		return vbd_frontend_ready(m);
	case XenbusStateClosing:
		return model_switch(m, XenbusStateClosing);
	case XenbusStateClosed:
		return vbd_frontend_closed(m);
	default:
		return;
	}
}

static inline void vbd_step(struct life_model *m)
{
	if (m->link == UP && m->view.broken) {
		if (!m->view.replaced) {
			life_log(m->log, XGH_LIFE_FAIL, 0);
			model_fail(m);
		}
		vbd_start_drain(m, true);
	}
	if (m->link == DRAINING && !vbd_finish_drain(m))
		return;
	if (m->link == ORPHAN && !vbd_finish_orphan(m))
		return;
	if (!m->removed) {
		vbd_follow(m);
		return;
	}
	life_log(m->log, XGH_LIFE_GONE, 0);
}

static inline void vbd_remove(struct life_model *m)
{
	enum xenbus_state frontend = m->view.frontend;

	m->removed = true;
	if (m->view.replaced) {
		m->orphaned = true;
	} else if (frontend == XenbusStateUnknown) {
		m->orphaned = true;
		life_log(m->log, XGH_LIFE_CLOSING, 0);
	}
	vbd_start_drain(m, m->orphaned || m->view.broken ||
			frontend == XenbusStateUnknown ||
			frontend == XenbusStateClosed);
}

/* ---- netback/device/vif.c --------------------------------------------- */

static inline bool vif_is_last(const struct life_model *m)
{
	if (m->view.broken)
		return false;
	if (m->replaced)
		return true;
	switch (m->view.frontend) {
	case XenbusStateClosing:
	case XenbusStateClosed:
	case XenbusStateUnknown:
		return true;
	default:
		return false;
	}
}

static inline void vif_link_down(struct life_model *m)
{
	if (m->link == NONE)
		return;
	life_log(m->log, XGH_LIFE_DRAIN, vif_is_last(m));
	life_log(m->log, XGH_LIFE_FREE, 0);
	m->link = NONE;
	m->announced = false;
	m->view.broken = false;
}

static inline void vif_forgive(struct life_model *m)
{
	if (m->view.frontend == XenbusStateInitialising ||
	    m->view.frontend == XenbusStateClosing ||
	    m->view.frontend == XenbusStateClosed)
		m->failed = false;
}

static inline void vif_link_up(struct life_model *m)
{
	life_log(m->log, XGH_LIFE_LINK_UP, 0);
	if (m->links)
		m->link = UP;
	else
		model_fail(m);
}

static inline void vif_announce(struct life_model *m)
{
	if (m->announced || !m->view.plugged)
		return;
	m->announced = true;
	m->view.own = XenbusStateConnected;
	life_log(m->log, XGH_LIFE_CONNECT, 0);
}

static inline void vif_frontend_ready(struct life_model *m)
{
	if (m->link == NONE && !m->failed && !m->leaving && !model_must_wait(m))
		vif_link_up(m);
	if (m->link == NONE)
		return;
	vif_announce(m);
	if (m->announced && m->view.own == XenbusStateReconfigured) {
		m->view.own = XenbusStateConnected;
		life_log(m->log, XGH_LIFE_RESUME, 0);
	}
}

static inline void vif_follow(struct life_model *m)
{
	if (m->view.replaced || m->retire)
		return;
	if (m->link == NONE && model_is_left(m)) {
		model_retire(m);
		return;
	}
	vif_forgive(m);
	switch (m->view.frontend) {
	case XenbusStateInitialising:
		vif_link_down(m);
		return model_switch(m, XenbusStateInitWait);
	case XenbusStateInitialised:
	case XenbusStateConnected:
		return vif_frontend_ready(m);
	case XenbusStateReconfiguring:
		return model_switch(m, XenbusStateReconfigured);
	case XenbusStateClosing:
		vif_link_down(m);
		return model_switch(m, XenbusStateClosing);
	case XenbusStateClosed:
		vif_link_down(m);
		if (m->view.online == XGH_ONLINE_ON)
			return model_switch(m, XenbusStateClosed);
		return model_retire(m);
	default:
		return;
	}
}

static inline void vif_step(struct life_model *m)
{
	if (m->removed)
		return;
	if (m->link != NONE && m->view.broken) {
		if (!m->view.replaced)
			life_log(m->log, XGH_LIFE_FAIL, 0);
		vif_link_down(m);
		if (!m->view.replaced)
			model_fail(m);
	}
	vif_follow(m);
}

static inline void vif_remove(struct life_model *m)
{
	m->removed = true;
	m->replaced = m->view.replaced;
	if (!m->replaced && m->view.frontend == XenbusStateUnknown)
		life_log(m->log, XGH_LIFE_CLOSING, 0);
	vif_link_down(m);
	life_log(m->log, XGH_LIFE_GONE, 0);
}

#endif /* XB_LIFE_MODELS_H */
