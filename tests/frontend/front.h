/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every PV frontend needs, in user space of a guest: its directory in
 * xenstore, pages that it grants, event channels. No kernel driver may be
 * bound to the device. Every failure that is not expected ends the program.
 */
#ifndef FRONT_H
#define FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#define FRAME		4096u
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* States of xen/interface/io/xenbus.h. */
enum state {
	UNKNOWN, INITIALISING, INITWAIT, INITIALISED, CONNECTED, CLOSING,
	CLOSED, RECONFIGURING, RECONFIGURED,
};

/**
 * struct front - a device, seen from its frontend
 * @xs: connection to xenstore
 * @gnt: grants pages
 * @evt: owns event channels
 * @dir: the frontend's directory
 * @otherend: the backend's
 * @domid: domain of the backend
 * @silent: it was given up without a word
 */
struct front {
	struct xs_handle *xs;
	xengntshr_handle *gnt;
	xenevtchn_handle *evt;
	char dir[64];
	char otherend[128];
	unsigned int domid;
	bool silent;
};

/**
 * struct pages - frames that the backend may access
 * @addr: where they are, one behind the other
 * @refs: their grants
 * @nr: number of frames
 */
struct pages {
	uint8_t *addr;
	uint32_t *refs;
	unsigned int nr;
};

/* The shared page of a ring (xen/interface/io/ring.h). */
struct shared_ring {
	uint32_t req_prod, req_event, rsp_prod, rsp_event;
	uint8_t pad[48];
	uint8_t slots[];
};

static inline void mb(void)
{
	__sync_synchronize();
}

/* The name of what is running, for messages. */
extern const char *what;
/* Called when the program ends because of what is wrong; may be NULL. */
extern void (*last_word)(void);

/*
 * Backends of all kinds are looked at: what ours promise beyond the protocol is
 * not asked for, and who cannot show something skips it.
 */
extern bool only_rules;
#define SKIP_STATUS	77
#define SKIP_WORD	"skipped: "

void die(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* This guest cannot do it: the caller leaves it out, or the program ends. */
void skip(const char *why);
/* This disk is not for this: to a test that has made it, that is a failure. */
void unfit(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void nap(unsigned int us);
uint64_t now_us(void);
unsigned int patience_s(void);
unsigned int often(unsigned int times);
void thread_start(void *(*run)(void *), void *arg);

void front_open(struct front *front, const char *type, unsigned int devid);
void front_close(struct front *front);
void front_write(struct front *front, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void front_remove(struct front *front, const char *key);
bool front_read(struct front *front, const char *key, uint64_t *value);
uint64_t front_offer(struct front *front, const char *key, uint64_t absent);
void front_state(struct front *front, enum state state);
void front_storm(struct front *front, const char *state);
enum state front_otherend_state(struct front *front);
enum state front_wait(struct front *front, unsigned int states);
bool front_stopped(struct front *front);
void front_reset(struct front *front);
void front_settle(struct front *front);

struct pages pages_share(struct front *front, unsigned int nr, bool writable);
struct pages pages_share_with(struct front *front, unsigned int domid,
			      unsigned int nr);
void pages_unshare(struct front *front, struct pages *pages);

evtchn_port_t port_open(struct front *front);
void port_lose(struct front *front, evtchn_port_t port);
bool port_wait(struct front *front, unsigned int ms);

#endif /* FRONT_H */
