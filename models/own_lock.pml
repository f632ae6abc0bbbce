/* The lock of all, the locks of CPUs, and what who holds all asks of another CPU: kernel/cpu/lock.c,
 * kernel/cpu/cpu.c, nasm/cpu/lock.inc.
 *
 * Each CPU makes CALLS calls, each with its own lock or with that of all, and takes the lock of all
 * where its own is not to be had in LOOKS looks. With the lock of all it may ask another CPU to
 * flush. Checked: who holds all is alone; no CPU waits for ever.
 *
 * Left out: that who waits long halts and is poked (the race explorer has that), interrupts, what
 * is done under the locks. Memory is sequentially consistent, but for BUFFERED: stores of a CPU are
 * seen in their order, and each locked instruction drains them, so that one alone would matter.
 *
 * With one of these it must fail:
 *   LOOK_FIRST     a CPU looks whether the lock of all is taken before it says that it is inside
 *   BUFFERED       it says so by a plain store, which others see later
 *   NOT_AWAITED    who takes the lock of all does not wait until nobody is inside
 *   STILL_INSIDE   who gives up its own lock for that of all goes on to say that it is inside
 *   ANSWERS_NOBODY who waits for the lock of all answers nobody */

#define CPUS 3
#define CALLS 2
#define LOOKS 2

byte next, serving;
bit inside[CPUS], said[CPUS], asked[CPUS];

/* What is checked. */
bit alone[CPUS];
byte all;

#define NOBODY_ALONE (!alone[0] && !alone[1] && !alone[2])

inline say_inside()
{
#ifdef BUFFERED
	said[me] = 1
#else
	inside[me] = 1
#endif
}

inline say_outside()
{
	atomic {
		said[me] = 0;
		inside[me] = 0
	}
}

inline look_at_all()
{
	seen = next;
	free = (seen == serving)
}

active [CPUS] proctype cpu()
{
	byte me = _pid, calls = CALLS, looks, ticket, other, seen;
	bit free;

user:	do
	:: asked[me] -> asked[me] = 0
	:: calls > 0 -> calls--; looks = LOOKS; goto own
	:: calls > 0 -> calls--; goto everything
	:: calls == 0 -> goto end
	od;

own:
#ifdef LOOK_FIRST
	look_at_all();
	say_inside();
#else
	say_inside();
	look_at_all();
#endif
	if
	:: free ->
		alone[me] = 1;
		assert(all == 0);
		alone[me] = 0;
		say_outside();
		goto user
	:: !free
	fi;
#ifndef STILL_INSIDE
	say_outside();
#endif
	do
	:: looks == 0 -> goto everything
	:: looks > 0 ->
		looks--;
		look_at_all();
		if
		:: free -> goto own
		:: !free
		fi
	od;

everything:
	atomic {
		ticket = next;
		next++
	}
	do
	:: serving == ticket -> break
#ifndef ANSWERS_NOBODY
	:: asked[me] -> asked[me] = 0
#endif
	od;
#ifndef NOT_AWAITED
	other = 0;
	do
	:: other == CPUS -> break
	:: other < CPUS && !inside[other] -> other++
	od;
#endif
	all++;
	assert(all == 1 && NOBODY_ALONE);
	if
	:: true
	:: other = (me + 1) % CPUS;
		asked[other] = 1;
		!asked[other]
	fi;
	assert(all == 1 && NOBODY_ALONE);
	all--;
	serving++;
	goto user;

end:	do
	:: asked[me] -> asked[me] = 0
	od
}

#ifdef BUFFERED
active proctype store_buffers()
{
end:	do
	:: atomic { said[0] -> inside[0] = 1; said[0] = 0 }
	:: atomic { said[1] -> inside[1] = 1; said[1] = 0 }
	:: atomic { said[2] -> inside[2] = 1; said[2] = 0 }
	od
}
#endif
