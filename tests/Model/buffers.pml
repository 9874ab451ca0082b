/*
 * The interrupt buffer of a worker that is replaced: each process gets one of its own, or the one that the user has set last.
 * What is written there is delivery.pml's, when there is another process keeper.pml's. README.md maps each step to the code.
 *
 *   SETS n     how often the user sets a buffer, one of two or none       DEATHS n   processes that end by themselves
 *   FAULTS n   buffers that a process cannot map                          CLOSES     the user closes the worker at any moment
 *
 * The other names are mutants.
 */

#ifndef SETS
#define SETS 2
#endif
#ifndef DEATHS
#define DEATHS 2
#endif
#ifndef FAULTS
#define FAULTS 1
#endif

/* Buffers: 0 none, 1 and 2 the user's, then each process's own. */
#define USERS 2
#define BUFFERS (USERS + 1 + DEATHS + FAULTS)
#define OWN (USERS + link)

#define BY_USER 1           /* swaps: who asked */
#define BY_KEEPER 2         /* ... when a process was attached */

hidden byte polledIsWritten, usersBufferKept, keptWhileUsed, releasedOnce, holdsAreExact;
#define CLAIM(name, condition) name = (condition); assert(name)

/* ---- The present process --------------------------------------------------------------------------------------- */

byte link = 0;
bool alive = false, gone = true;            /* it is dead; and what waited for it is settled */
byte polled = 0;            /* 0: a private page */
byte deaths = DEATHS, faults = FAULTS;
chan toWorker = [SETS + 1] of { byte };
chan frames = [SETS + 1] of { bool };       /* whether it could map the next one */

/* ---- Dispatcher -------------------------------------------------------------------------------------------------- */

byte holds[BUFFERS + 1];
bool disposed[USERS + 1];
byte buffer = 0, parted = 0;
byte target = 0;            /* what the desk writes to */
bool bufferIsOwn = true, attached = false, lost = false, closing = false;
chan swaps = [SETS + 1] of { byte, bool, byte };        /* buffer, its own?, who asked */
bool connecting = false, refused = false;

/* ---- Ghosts ------------------------------------------------------------------------------------------------------- */

bool userHasSet = false;
byte usersLast = 0;

hidden byte b, by, isOwn, isMapped, polling;

inline release(which) {
  if
  :: which != 0 ->
     CLAIM(releasedOnce, holds[which] > 0);
     holds[which]--;
     CLAIM(keptWhileUsed, holds[which] > 0 || target != which && !(alive && (polled == which || toWorker??[eval(which)])))
  :: else
  fi
}

inline hold(which) {
  if
  :: which != 0 -> holds[which]++
  :: else
  fi
}

inline letGoOfParted() {
  release(parted);
  parted = 0
}

inline swap(which, own, who) {
  swaps!which, own, who;
  toWorker!which
}

/* Set and told, or kept for the next process. */
inline set(which) {
  hold(which);
  if
  :: attached -> swap(which, false, BY_USER)
  :: else ->
     release(buffer);
     buffer = which;
     bufferIsOwn = false;
     userHasSet = true; usersLast = which
  fi
}

proctype User() {
  byte times = 0;
  do
  :: d_step { times < SETS && !lost -> times++; set(0) }
  :: d_step { times < SETS && !lost && !disposed[1] -> times++; set(1) }
  :: d_step { times < SETS && !lost && !disposed[2] -> times++; set(2) }
  :: d_step { !disposed[1] -> disposed[1] = true; release(1) }
  :: d_step { !disposed[2] -> disposed[2] = true; release(2) }
  :: (times == SETS || lost) && disposed[1] && disposed[2] -> break
  od;
  times = 0
}

/* The answers come in the order of the requests. */
inline onBufferSet() {
  swaps?b, isOwn, by;
  if
  :: by == BY_KEEPER -> connecting = false; refused = !isMapped
  :: else
  fi;
  if
  :: !isMapped -> release(b)
  :: else ->
     target = b;
#ifndef PARTED_FORGOTTEN
     letGoOfParted();
#endif
     release(buffer);
     buffer = b;
     bufferIsOwn = isOwn;
     userHasSet = (by == BY_USER -> true : userHasSet);
     usersLast = (by == BY_USER -> b : usersLast)
  fi
}

inline settleSwaps() {
  target = 0;
  connecting = false;
  do
  :: swaps?b, _, _ ->
#ifdef SWAPS_UNRELEASED
     skip
#else
     release(b)
#endif
  :: len(swaps) == 0 -> break
  od
}

inline part() {
  attached = false;
  settleSwaps();
#ifdef USERS_PART_TOO
  release(buffer);
#endif
  if
  :: bufferIsOwn && buffer != 0 ->
#ifndef PARTED_FORGOTTEN
     letGoOfParted();
#endif
     parted = buffer; buffer = 0
  :: else
  fi
}

inline close() {
  lost = true;
  settleSwaps();
  letGoOfParted();
  release(buffer);
  buffer = 0
}

/* One step: a buffer that the user sets from now on comes after it, and stays. */
inline attach() {
  attached = true;
#ifndef OWN_COMES_LATER
  giveBuffer()
#endif
}

inline giveBuffer() {
  if
  :: bufferIsOwn ->
#ifndef OWN_UNHELD
     hold(OWN);
#endif
     connecting = true;
     swap(OWN, true, BY_KEEPER)
  :: !bufferIsOwn && buffer != 0 ->
#ifndef HELD_ONCE
     hold(buffer);
#endif
     connecting = true;
     swap(buffer, false, BY_KEEPER)
  :: else
  fi
}

/* Starts one process after the other; the first too. */
proctype Keeper() {
  do
  :: atomic { gone && !lost ->
       d_step {
         link++;
         holds[OWN] = 1;
         polled = 0;
         refused = false;
         do
         :: toWorker?_
         :: frames?_
         :: len(toWorker) == 0 && len(frames) == 0 -> break
         od;
         alive = true
       }
     }
     d_step { attach(); gone = false }
#ifdef OWN_COMES_LATER
     d_step { if :: attached -> giveBuffer() :: else fi }
#endif
     atomic {
       !connecting || gone;
       if
       :: refused && alive -> alive = false
       :: else
       fi
     }
     if
     :: refused -> gone
     :: else
     fi;
     d_step { release(OWN) }                      /* its maker's hold */
  :: lost -> break
  od
}

proctype Reader() {
end:
  do
  :: d_step { !gone && len(frames) > 0 -> frames?isMapped; onBufferSet(); b = 0; by = 0; isOwn = 0; isMapped = 0 }
  /* What it had said still counts, or does not if it was killed. */
  :: d_step {
       !alive && !gone ->
       if
       :: closing -> close()
       :: else -> part()
       fi;
       gone = true;
       b = 0; by = 0; isOwn = 0
     }
  od
}

proctype Worker() {
end:
  do
  :: d_step {
       alive && len(toWorker) > 0 ->
       toWorker?polling;
       CLAIM(keptWhileUsed, polling == 0 || holds[polling] > 0);
       polled = polling;
       polling = 0;
       frames!true
     }
  :: d_step { alive && len(toWorker) > 0 && !toWorker?[0] && faults > 0 -> faults--; toWorker?_; frames!false }
  :: d_step { alive && deaths > 0 -> deaths--; alive = false }
  od
}

#ifdef CLOSES
proctype Closer() {
  d_step { closing = true; alive = false }
}
#endif

proctype Judge() {
  timeout ->
  d_step {
    assert(alive != lost);
    CLAIM(polledIsWritten, lost || polled == target);
    CLAIM(usersBufferKept, lost || polled == (userHasSet -> usersLast : OWN));
    for (b : 1 .. BUFFERS) {
      CLAIM(holdsAreExact, holds[b] == (buffer == b) + (parted == b));
      CLAIM(holdsAreExact, !lost || holds[b] == 0)
    }
    b = 0
  }
}

init {
  atomic {
    holds[1] = 1;
    holds[2] = 1;
    run User();
    run Keeper();
    run Reader();
    run Worker();
#ifdef CLOSES
    run Closer();
#endif
    run Judge()
  }
}
