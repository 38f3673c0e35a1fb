/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices that are taken from their driver only when it has answered all that
 * their guests have asked for.
 *
 * Ours ends what it has begun. The kernel's own drivers can be taken away while
 * they have requests on their way: the next one finds them unanswered in the
 * ring and does them again, and both answer. What is below a disk cannot be
 * asked, for it does not count all of them: no flush of most disks, nothing
 * that a lower layer will send again.
 *
 * The ring says it: of a guest that is paused nothing more comes, and all has
 * been answered when there are as many responses as requests. That is for
 * devices whose rings are named ring-ref and have no other requests than those
 * that are to be answered soon: not for the buffers of an interface.
 */
#ifndef XGH_REST_H
#define XGH_REST_H

int xgh_rest_look(const char *what);
int xgh_rest_unbind(const char *what);

#endif /* XGH_REST_H */
