/* SPDX-License-Identifier: GPL-2.0 */
/* The frontend's half of a control ring. */
#ifndef NET_CTRL_H
#define NET_CTRL_H

#include "netif.h"

enum net_ctrl_type { GET_FLAGS = 1, SET_FLAGS, SET_KEY, GET_MAP_SIZE,
		     SET_MAP_SIZE, SET_MAP, SET_ALGORITHM, GET_GREF_SIZE,
		     ADD_GREFS, DEL_GREFS };
enum net_ctrl_status { CTRL_OK, CTRL_UNSUPPORTED, CTRL_INVALID,
		       CTRL_OVERFLOW };

struct net_ctrl_req {
	uint16_t id, type;
	uint32_t data[3];
};

struct net_ctrl_rsp {
	uint16_t id, type;
	uint32_t status, data;
};

struct net_ctrl {
	struct net *net;
	struct net_ring ring;
	/* for keys and tables */
	struct pages page;
};

/* To be published before the vif connects, and taken back after its end. */
void net_ctrl_open(struct net_ctrl *ctrl, struct net *net);
void net_ctrl_close(struct net_ctrl *ctrl);
void net_ctrl_await(struct net_ctrl *ctrl, struct net_ctrl_rsp *rsp);

#endif /* NET_CTRL_H */
