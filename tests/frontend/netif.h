/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frontend's half of netif, with control of every field of every slot and
 * of every index. Source of all facts: xen/interface/io/netif.h. TX is what
 * the guest sends.
 */
#ifndef NETIF_H
#define NETIF_H

#include "front.h"
#include "ids.h"

#define NET_SLOTS		256u
#define NET_MAX_QUEUES		8u
/* Receive buffers of a queue, unless it is to have more. */
#define NET_BUFFERS		128u

enum net_flags { CSUM_BLANK = 1, DATA_VALIDATED = 2, MORE_DATA = 4,
		 EXTRA_INFO = 8 };
enum net_extra { EXTRA_GSO = 1, EXTRA_MCAST_ADD, EXTRA_MCAST_DEL, EXTRA_HASH };
enum net_status { NET_NULL = 1, NET_OKAY = 0, NET_ERROR = -1,
		  NET_DROPPED = -2 };

struct net_tx {
	uint32_t gref;
	uint16_t offset, flags, id, size;
};

struct net_extra_info {
	uint8_t type, flags, u[6];
};

struct net_tx_rsp {
	uint16_t id;
	int16_t status;
};

struct net_rx {
	uint16_t id, pad;
	uint32_t gref;
};

struct net_rx_rsp {
	uint16_t id, offset, flags;
	int16_t status;
};

/* One direction of a queue. */
struct net_ring {
	struct pages pages;
	volatile struct shared_ring *s;
	evtchn_port_t port;
	unsigned int slot_size, nr_slots;
	uint32_t prod, pushed, cons;
	/* no event when there is something new in it */
	bool quiet;
};

struct net_queue {
	struct front *front;
	struct net_ring tx, rx;
	struct pages buffers;
	/* bytes that were left free in front of the last packet */
	uint16_t headroom;
	/* of TX requests, and how many extra infos were put among them */
	struct ids ids;
	unsigned int extras;
	/* that many buffers are posted at once, at least */
	unsigned int batch;
	/* that many buffers stay posted, if not all of them */
	unsigned int keeps;
	/* which buffer was put into which slot */
	uint16_t rx_ids[NET_SLOTS];
};

struct net_conf {
	unsigned int queues;
	bool split;
	uint32_t start;
	/* no receive buffers */
	bool deaf;
	/* or so many, NET_BUFFERS if 0 */
	unsigned int buffers;
	/* and keeps no more than that many posted once these are used */
	unsigned int keeps;
	/* after the backend has connected, not before */
	bool late;
	/* when that many are free they are posted again, at least */
	unsigned int batch;
	/* one slot for each packet, as boot loaders have it */
	bool no_sg;
	/* no event when there are new buffers */
	bool no_notify;
	/* only these nodes are written, as words; NULL: all that there are */
	const char *writes;
};

struct net {
	struct front front;
	unsigned int nr_queues;
	struct net_queue queues[NET_MAX_QUEUES];
};

void net_open(struct net *net, unsigned int devid);
void net_offer_rings(struct net *net, const struct net_conf *conf);
void net_connect(struct net *net, const struct net_conf *conf);
void net_post_buffers(struct net *net, const struct net_conf *conf);
void net_close(struct net *net);
void net_free_rings(struct net *net);

void *net_slot(struct net_ring *ring, uint32_t index);
void net_notify(struct net_queue *queue, struct net_ring *ring);
void net_push(struct net_queue *queue, struct net_ring *ring);
void net_put_tx(struct net_queue *queue, const struct net_tx *tx);
void net_put_extra(struct net_queue *queue,
		   const struct net_extra_info *extra);
bool net_poll_tx(struct net_queue *queue, struct net_tx_rsp *rsp);
void net_next_tx(struct net_queue *queue, struct net_tx_rsp *rsp);
void net_put_rx(struct net_queue *queue, uint16_t id, uint32_t gref);
void net_push_rx(struct net_queue *queue);
bool net_poll_rx(struct net_queue *queue, struct net_rx_rsp *rsp);

/* net_echo.c: packets that dom0 answers; they end the program if it does not */
unsigned int net_make_echo(uint8_t *frame, unsigned int payload,
			   uint16_t number);
/* To 10.8.0.2, whatever dom0 does with that. */
void net_send_away(uint8_t *frame);
void net_await_echo(struct net_queue *queue, unsigned int payload,
		    uint16_t number);
void net_await_echoes(struct net_queue *queue, unsigned int payload,
		      uint16_t first, unsigned int nr);
/* Replies to packets of any queue, on any queue. */
void net_await_any(struct net *net, unsigned int payload, uint16_t first,
		   unsigned int nr);
bool net_take_echo(struct net_queue *queue, unsigned int payload,
		   uint16_t number);
void net_send(struct net_queue *queue, const struct pages *pages,
	      const unsigned int *sizes, unsigned int nr, uint16_t flags);
void net_expect_tx(struct net_queue *queue, unsigned int nr, int status);
void net_echo(struct net_queue *queue, unsigned int payload);

/* net_ctrl.c: a case of net_conform */
void net_case_ctrl(struct net *net);

/* commands, each in a file of its name */
int net_conform(unsigned int devid, int argc, char **argv);
int net_attack(unsigned int devid, int argc, char **argv);
int net_garbage(unsigned int devid, int argc, char **argv);
int net_profile(unsigned int devid, int argc, char **argv);
int net_buffers(unsigned int devid, int argc, char **argv);

#endif /* NETIF_H */
