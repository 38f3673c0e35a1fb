/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ring's thread that waits in the hypervisor or in the scheduler, and all who
 * leave something for it. Nothing ends a wait by itself here, no timer tick and
 * no time: a wake-up that is lost is a state in which all wait for ever, which
 * spin reports as an invalid end state.
 *
 * Who is who:
 *   Thread     blkback/ring/thread.c: xbb_thread_serve() and what it calls
 *   poll       xbb_thread_poll(), gnttab-helpers/block.c: xgh_block_begin(),
 *              xgh_block_wait(), xgh_block_leave()
 *   hypercall  Xen, common/sched/core.c: do_poll()
 *   Guest      a frontend's push and its event; Xen, evtchn_send()
 *   Disk       blkback/ring/request.c: xbb_req_done() on another CPU
 *   Irq        the interrupts of the thread's CPU: the same there, the event
 *              channel's handler (queue.c: xbb_queue_interrupt()), reschedule
 *   Stopper    xbb_queue_stop(), as any xbb_queue_wake() from another CPU
 *   Other      another ring's thread is woken, and the scheduler puts it on the
 *              thread's CPU, without a wish to preempt
 *
 * Memory: what a CPU stores waits in a buffer of its own, and reaches the others
 * in any order, one value a variable, as on arm64. A barrier empties the buffer.
 * Loads are not moved. What the compiler or one CPU's own order holds is held.
 *
 * Each of the names in the list of tests/model/check leaves out one thing; then
 * a wake-up must be lost.
 */

#ifndef REQUESTS
#define REQUESTS 2
#endif

/* CPUs, each with a store buffer. */
#define C0	0	/* the thread's */
#define GUEST	1
#define DISK	2
#define STOP	3
#define OTHER	4
#define CPUS	5

/* Shared variables. */
#define PORT	0	/* xgh_block.port: 1, or 0 if it is spoilt */
#define BLOCKER	1	/* xgh_block.thread */
#define AWAKE	2	/* xbb_queue.awake */
#define ASLEEP	3	/* the thread's state: TASK_IDLE */
#define WANTED	4	/* req_event */
#define PROD	5	/* req_prod */
#define DONE	6	/* xbb_queue.done, of the disk's */
#define DONE0	7	/* the same, of the thread's own CPU */
#define STOPS	8	/* XBB_WAKE_STOP in xbb_queue.wake */
#define EVENT	9	/* XBB_WAKE_EVENT in it */
#define TASKS	10	/* other tasks that the thread's CPU has to run */
#define VARS	11

byte mem[VARS];
bit has[55];
byte val[55];

#define AT(c, v)	((c) * VARS + (v))
#define LD(c, v)	(has[AT(c, v)] -> val[AT(c, v)] : mem[v])
#define FLUSH(c, v)							\
	:: d_step {							\
		has[AT(c, v)] -> mem[v] = val[AT(c, v)];		\
		val[AT(c, v)] = 0; has[AT(c, v)] = 0			\
	}

inline st(c, v, x)
{
	d_step { has[AT(c, v)] = 1; val[AT(c, v)] = x }
}

inline flush(c, v)
{
	if
	:: has[AT(c, v)] -> mem[v] = val[AT(c, v)]; val[AT(c, v)] = 0;
		has[AT(c, v)] = 0
	:: else
	fi
}

/* smp_mb() */
inline mb(c)
{
	d_step {
		flush(c, PORT); flush(c, BLOCKER); flush(c, AWAKE);
		flush(c, ASLEEP); flush(c, WANTED); flush(c, PROD);
		flush(c, DONE); flush(c, DONE0); flush(c, STOPS);
		flush(c, EVENT); flush(c, TASKS)
	}
}

/* Xen's and the event channel's. */
bit in_xen;		/* the thread is in its hypercall */
bit blocked;		/* _VPF_blocked of the thread's virtual CPU */
bit pending;		/* of the event channel */
bit masked = 1;
bit upcall;		/* the event channel's interrupt */
bit resched;		/* reschedule interrupt */
bit answer;		/* the disk's interrupt */

/* vcpu_unblock() */
inline unblock()
{
	blocked = 0
}

/* gnttab-helpers/block.c: xgh_block_end() */
inline block_end(c)
{
#ifndef NO_BARRIER_END
	mb(c);
#endif
	if
	:: LD(c, BLOCKER) ->
#ifndef NO_SPOIL
		st(c, PORT, 0);
#endif
#ifndef NO_BARRIER_KICK
		mb(c);
#endif
#ifndef NO_KICK
		if
		:: c != C0 -> atomic { resched = 1; unblock() }
		:: else
		fi
#endif
	:: else
	fi
}

/* xbb_queue_nudge(): wake_up_process(), which takes locks, then the rest */
inline nudge(c)
{
#ifndef NO_WAKE_UP
	atomic {
		if
		:: mem[ASLEEP] -> mem[ASLEEP] = 0
		:: else
		fi
	}
#endif
#ifndef NO_END
	block_end(c)
#endif
}

/* xbb_req_done() */
inline req_done(c, list)
{
	st(c, list, 1);
#ifndef NO_BARRIER_DONE
	mb(c);				/* llist_add() */
#endif
	if
	:: !LD(c, AWAKE) -> nudge(c)
	:: else
	fi
}

/* xbb_queue_wake() */
inline wake(c, why)
{
	st(c, why, 1);
#ifndef NO_BARRIER_WAKE
	mb(c);
#endif
	nudge(c)
}

/* xbb_thread_has_work() */
#define WORK	(again || LD(C0, DONE) || LD(C0, DONE0) || LD(C0, STOPS) || \
		 LD(C0, EVENT))

byte cons;
bit owed = 1;
bit again, got_stop, got_done, got_done0, got_turn;

/* Who takes part; all at once are too many states. */
#ifdef WITH_GUEST
#define GOT_GUEST	(cons == REQUESTS)
#else
#define GOT_GUEST	true
#endif
#ifdef WITH_DISK
#define GOT_DISK	got_done
#else
#define GOT_DISK	true
#endif
#ifdef WITH_OWN_DISK
#define GOT_OWN_DISK	got_done0
#else
#define GOT_OWN_DISK	true
#endif
#ifdef WITH_STOPPER
#define GOT_STOPPER	got_stop
#else
#define GOT_STOPPER	true
#endif
#ifdef WITH_OTHER
#define GOT_OTHER	got_turn
#else
#define GOT_OTHER	true
#endif
#define GOT	(GOT_GUEST && GOT_DISK && GOT_OWN_DISK && GOT_STOPPER && \
		 GOT_OTHER)

/* xgh_ring_rearm() */
inline rearm()
{
	if
	:: LD(C0, PROD) != cons -> again = 1
	:: else ->
		st(C0, WANTED, cons + 1);
#ifndef NO_BARRIER_REARM
		mb(C0);
#endif
		if
		:: LD(C0, PROD) != cons -> again = 1
		:: else
		fi
	fi
}

/* xen_clear_irq_pending(), which is no barrier */
inline clear_pending()
{
	pending = 0
}

/* xbb_thread_round(), with all that it takes */
inline round()
{
	again = 0;
	/* xbb_thread_take_wake(), xbb_complete(): exchanges, in full order */
	mb(C0);
	d_step {
		if :: mem[DONE] -> mem[DONE] = 0; got_done = 1 :: else fi;
		if :: mem[DONE0] -> mem[DONE0] = 0; got_done0 = 1 :: else fi;
		if :: mem[STOPS] -> mem[STOPS] = 0; got_stop = 1 :: else fi;
		if :: mem[EVENT] -> mem[EVENT] = 0; owed = 1 :: else fi
	}
	do
	:: LD(C0, PROD) != cons -> cons++
	:: else -> break
	od;
	if
	:: owed -> clear_pending()
	:: else
	fi;
	rearm()
}

/* Others run: the thread gave up its CPU. */
inline yield()
{
	d_step {
		if :: mem[TASKS] -> mem[TASKS] = 0; got_turn = 1 :: else fi
	}
}

/* Xen: do_poll() */
inline hypercall()
{
	atomic { in_xen = 1; blocked = 1; mb(C0) }
	if
	:: atomic { (resched || answer || upcall) -> blocked = 0 }
	:: else ->
		if
		:: atomic { mem[PORT] == 0 -> blocked = 0 }
		:: else ->
			if
			:: atomic { pending -> blocked = 0 }
			:: else
			fi
		fi
	fi;
	atomic { !blocked -> in_xen = 0 }
}

inline poll()
{
	st(C0, PORT, 1);
	st(C0, BLOCKER, 1);
#ifndef NO_BARRIER_BEGIN
	mb(C0);
#endif
	if
	:: !WORK ->
#ifndef NO_RECHECK
		if
		:: !LD(C0, TASKS) -> hypercall()
		:: else
		fi
#else
		hypercall()
#endif
	:: else
	fi;
	st(C0, BLOCKER, 0);
	/* xbb_thread_look() */
#ifdef CLEAR_AFTER_LOOK
	rearm();
	clear_pending()
#else
	clear_pending();
#ifndef NO_LOOK
	rearm()
#endif
#endif
}

inline sleep()
{
	if
	:: owed ->
		owed = 0;
#ifndef NO_EOI
		/* xen_irq_lateeoi(): Xen looks what is pending */
		atomic {
			masked = 0;
			if
			:: pending -> upcall = 1
			:: else
			fi
		}
#endif
	:: else
	fi;
	st(C0, ASLEEP, 1);
#ifndef NO_BARRIER_SLEEP
	mb(C0);
#endif
	if
	:: !WORK ->
		mb(C0);				/* schedule() */
		do
		:: !mem[ASLEEP] -> break
		:: mem[TASKS] -> yield()
		:: GOT -> break			/* nobody will wake it */
		od
	:: else
	fi;
	st(C0, ASLEEP, 0)
}

active proctype Thread()
{
	again = 1;
	do
	:: round();
		yield();			/* cond_resched() */
		if
		:: GOT -> break
		:: else
		fi;
		st(C0, AWAKE, 0);
		do
		:: owed && !WORK && !LD(C0, TASKS) ->
			poll();
			if
			:: WORK -> break
			:: else			/* the window may be over, or not */
			fi
		:: sleep(); break
		od;
		st(C0, AWAKE, 1)
	od
}

/* Interrupts of the thread's CPU; it is not in Xen then, or blocked no more. */
active proctype Irq()
{
end:	do
	:: atomic { resched && !in_xen -> resched = 0 }
	:: atomic { answer && !in_xen -> answer = 0; req_done(C0, DONE0) }
	:: atomic { upcall && !in_xen -> upcall = 0; masked = 1; pending = 0;
		wake(C0, EVENT) }
	od
}

proctype Guest()
{
	byte prod = 0;

	do
	:: prod < REQUESTS ->
		prod++;
		st(GUEST, PROD, prod);
		mb(GUEST);
		if
		:: LD(GUEST, WANTED) == prod ->
			atomic {
				if
				:: pending
				:: else ->
					pending = 1;
					if
					:: masked
					:: else -> upcall = 1
					fi;
					unblock()
				fi
			}
		:: else
		fi
	:: else -> break
	od
}

proctype Disk()
{
	req_done(DISK, DONE)
}

proctype OwnDisk()
{
	atomic { answer = 1; unblock() }
}

proctype Stopper()
{
	wake(STOP, STOPS)
}

proctype Other()
{
	st(OTHER, TASKS, 1);			/* under the run queue's lock */
#ifndef NO_END_OTHER
	block_end(OTHER)
#endif
}

/* Buffers are emptied sooner or later, in any order. */
active proctype Memory()
{
end:	do
	FLUSH(C0, PORT)
	FLUSH(C0, BLOCKER)
	FLUSH(C0, AWAKE)
	FLUSH(C0, ASLEEP)
	FLUSH(C0, WANTED)
	FLUSH(GUEST, PROD)
	FLUSH(DISK, DONE)
	FLUSH(DISK, PORT)
	FLUSH(STOP, STOPS)
	FLUSH(STOP, PORT)
	FLUSH(OTHER, TASKS)
	FLUSH(OTHER, PORT)
	FLUSH(C0, DONE0)
	FLUSH(C0, EVENT)
	od
}

init
{
	atomic {
#ifdef WITH_GUEST
		run Guest();
#endif
#ifdef WITH_DISK
		run Disk();
#endif
#ifdef WITH_OWN_DISK
		run OwnDisk();
#endif
#ifdef WITH_STOPPER
		run Stopper();
#endif
#ifdef WITH_OTHER
		run Other();
#endif
		skip
	}
}
