/*
 * Workers that are replaced: who keeps them, the start-up run, giving up, and a user who shuts the worker down or kills it for a
 * run at any moment. Interrupts are the other models'. README.md maps each step to the code.
 *
 *   TROUBLES n   how often a process fails to start, dies, or its start-up run fails or never ends
 *   STARTUP      a replacement has a start-up run      SHUTDOWN   the user shuts down politely, or closes, or both
 *   KILLS        the user stops run 1 by a kill
 *
 * The other names are mutants. A time-out is over whenever it likes, and counts as trouble.
 */

#ifndef TROUBLES
#define TROUBLES 3
#endif
#define RUNS 2
#define ATTEMPTS 2
#define START 3             /* the start-up run, beside those from the queue */
#define BUFFER 4            /* it is told which buffer to poll */

mtype = { unborn, queued, sent, over };                                 /* a run from the queue */
mtype = { open, succeeded, failed };                                    /* the start-up run */
mtype = { polls, completed, completedBadly };                           /* worker to controller */
mtype = { lostItself, asAsked };                                        /* how a worker ended */

hidden byte queueToReadyOnly, answeredOnce, everyRequestAnswered, noneLeftAlive, endIsTold;
hidden byte givenUpForAReason, attemptsKept, killedForItsRun, startUpAnswered;
#define CLAIM(name, condition) name = (condition); assert(name)

/* ---- The present process, and the link to it; one at a time ------------------------------------------------------ */

byte link = 1;              /* counts them, with those that were never ready */
bool alive = true;
bool started = true;        /* it is read and watched */
bool ended = false;         /* and no longer: all is settled */
bool closeRequested = false, killRequested = false, toldToEnd = false;
chan toWorker = [4] of { byte };
chan frames = [4] of { mtype, byte };
byte troubles = TROUBLES;
byte doing = 0;             /* what the worker executes */
bool stuck = false;

/* ---- Dispatcher -------------------------------------------------------------------------------------------------- */

mtype state[RUNS + 1] = unborn;
byte current = 0;
bool attached = true, resumed = true, retired = false, lost = false, killing = false, completedRun = false;
bool polled = false;
mtype startUp = succeeded;

/* ---- Keeper ------------------------------------------------------------------------------------------------------ */

bool replacing = false, starting = false, givenUp = false, cancelled = false;
byte failures = 0;
bool exited = false;        /* for good */

/* ---- Ghosts ------------------------------------------------------------------------------------------------------- */

byte ready = 1;             /* the link that was announced last */
byte inARow = 0;            /* failures since a worker was of use */
bool wasOfUse = false;      /* the present one has completed a run of the queue */
byte killFor = 0;           /* the link that the kill was decided for */

hidden byte n, r;
hidden mtype kind;

inline finish(x) {
  CLAIM(answeredOnce, state[x] == queued || state[x] == sent);
  state[x] = over
}

inline sendNext() {
  if
  :: resumed && current == 0 && (state[1] == queued || state[2] == queued) ->
     current = (state[1] == queued -> 1 : 2);
     CLAIM(queueToReadyOnly, attached && ready == link);
     state[current] = sent;
     toWorker!current
  :: else
  fi
}

/* What was in the worker. */
inline settleCurrent() {
  if
  :: current == START -> CLAIM(startUpAnswered, startUp == open); startUp = failed
  :: current == 1 || current == 2 -> finish(current)
  :: else
  fi;
  current = 0
}

inline closeAll() {
  lost = true;
  settleCurrent();
  for (n : 1 .. RUNS) {
    if
    :: state[n] == queued -> finish(n)
    :: else
    fi
  }
}

inline closeLink(which) {
  if
  :: which == link -> closeRequested = true
  :: else
  fi
}

/* ---- The user ------------------------------------------------------------------------------------------------------ */

proctype User() {
  byte next = 1;
  do
  :: next <= RUNS -> d_step {
       if
       :: lost || retired -> state[next] = over           /* told at once */
       :: else -> state[next] = queued; sendNext()
       fi;
       next++; n = 0
     }
  :: else -> break
  od;
  next = 0
}

#ifdef KILLS
/* Decided under the lock. The code does it there as well; later would do, if it is that worker that is killed. */
proctype Killer() {
  byte which = 0;
  if
  :: state[1] == over
  :: d_step { state[1] == queued -> finish(1) }
  :: d_step { state[1] == sent && !killing -> killing = true; killFor = link; which = link }
  fi;
  d_step {
    if
#ifdef KILLS_THE_PRESENT
    :: which != 0 -> killRequested = true
#else
    :: which != 0 && which == link -> killRequested = true
#endif
    :: else
    fi;
    which = 0
  }
}
#endif

#ifdef SHUTDOWN
proctype Shutter() {
  byte which = 0;
  bool was = false, polite = false;
  if
  :: polite = true
  :: skip
  fi;
  d_step {
    retired = true;
    for (n : 1 .. RUNS) {
      if
      :: state[n] == queued -> finish(n)
      :: else
      fi
    }
    n = 0
  }
again:
  skip;
  d_step { was = replacing; givenUp = true }
  cancelled = true;
  if
  :: !polite || !was -> which = link                     /* the link is read under the lock, and told after it */
  :: else
  fi;
  d_step {
    if
    :: polite && which == link && !ended -> toldToEnd = true
    :: !polite -> closeLink(which)
    :: else
    fi;
    which = 0; was = false
  }
  if
  :: polite -> polite = false; goto again                /* whoever waits no longer disposes of it */
  :: skip
  fi;
  polite = false
}
#endif

/* ---- The reading thread -------------------------------------------------------------------------------------------- */

proctype Reader() {
end:
  do
  :: d_step {
       started && !ended && len(frames) > 0 ->
       frames?kind, r;
       if
       :: killing || lost                                 /* it does not count any more */
       :: !killing && !lost && kind == polls -> polled = true
       :: !killing && !lost && kind != polls && r == START ->
          startUp = (kind == completed -> succeeded : failed);
          current = 0;
#ifdef COUNTS_THE_START_UP
          completedRun = true;
#endif
          sendNext()
       :: else -> finish(r); current = 0; completedRun = true; wasOfUse = true; sendNext()
       fi;
       kind = 0; r = 0; n = 0
     }
  od
}

/* ---- Whoever watches the process to its end ------------------------------------------------------------------------ */

proctype Supervisor() {
  mtype ending;
  bool part = false, wasAsked = false;
end:
  do
  :: atomic { started && !ended && (!alive || closeRequested || killRequested) -> wasAsked = closeRequested }
     d_step {
       CLAIM(killedForItsRun, !alive || !killRequested || killFor == link);
       ending = (!alive && !toldToEnd && !wasAsked || alive && !wasAsked && !killing -> lostItself : asAsked);
       alive = false
     }
     /* What it had said still counts, unless it was to be killed. Then nothing is read any more. */
     atomic {
       len(frames) == 0 || killing ->
       d_step {
         do
         :: frames?_, _
         :: len(frames) == 0 -> break
         od
       }
     }
     d_step {
       replacing = starting || !givenUp;
       part = replacing;
       if
       :: !starting ->
          inARow = (ending == lostItself && !wasOfUse -> inARow + 1 : 0);
          failures = (ending == lostItself && !completedRun -> failures + 1 : 0)
       :: else
       fi;
#ifndef ANNOUNCES_THE_DEAD
       starting = false
#endif
     }
     d_step {
#ifdef ANNOUNCES_THE_DEAD
       part = replacing;
#endif
       if
       :: part ->
          attached = false; resumed = false;
          settleCurrent()
       :: else ->
          CLAIM(givenUpForAReason, givenUp);
          closeAll()
       fi;
       part = false; wasAsked = false; ending = 0; n = 0
     }
     ended = true
  od
}

/* ---- The keeper's own thread --------------------------------------------------------------------------------------- */

#define TROUBLE troubles > 0 -> troubles--

proctype Keeper() {
  bool wasGivenUp = false;

keep:
  atomic {
    ended;
    if
    :: replacing
    :: else -> exited = true; goto done
    fi
  }

attempt:
  if
  :: failures >= ATTEMPTS -> goto giveUp
  :: failures < ATTEMPTS && cancelled -> goto giveUp
  :: failures < ATTEMPTS && !cancelled -> skip
  fi;
  d_step { CLAIM(attemptsKept, inARow < ATTEMPTS) }
  if
  :: atomic { TROUBLE; goto again }                        /* it does not start, and nothing of it is left */
  :: cancelled -> goto giveUp
  :: d_step { link++; started = false; ended = false; closeRequested = false; killRequested = false; toldToEnd = false; polled = false;
       do
       :: toWorker?_
       :: len(toWorker) == 0 -> break
       od;
       doing = 0; stuck = false;
       alive = true; starting = true }
  fi;
  d_step {
    killing = false; completedRun = false; wasOfUse = false; attached = true;
    toWorker!BUFFER;
#ifdef QUEUE_BEFORE_START_UP
    resumed = true; sendNext();
#endif
    n = 0
  }
  started = true;
  if
  :: polled -> skip
  :: ended && !polled -> goto again                        /* the swap failed with it */
  :: atomic { TROUBLE; goto endIt }                        /* not within the time */
  :: cancelled -> goto endIt
  fi;

#ifdef STARTUP
  d_step {
    if
#ifdef START_UP_UNCHECKED
    :: true ->
#else
    :: attached ->
#endif
       CLAIM(startUpAnswered, startUp != open);
       startUp = open; current = START; toWorker!START
    :: else -> startUp = failed
    fi
  }
  if
  :: startUp == succeeded
  :: startUp == failed -> goto endIt
  :: startUp == open && (stuck || !alive) -> goto endIt                /* it takes too long */
  :: atomic { startUp == open && !stuck && TROUBLE; goto endIt }
  :: cancelled -> goto endIt
  fi;
#endif

  atomic {
    if
#ifdef ANNOUNCES_THE_DEAD
    :: true ->
#else
    :: !starting -> goto endIt                             /* it has ended just now */
    :: else ->
#endif
       wasGivenUp = givenUp;
       starting = false; replacing = false; ready = link
    fi
  }
  d_step {
#ifdef RESUMES_THE_DEAD
    resumed = true;
#else
    resumed = attached;
#endif
    sendNext()
  }
#ifndef ANNOUNCES_AFTER_SHUTDOWN
  if
  :: wasGivenUp -> closeLink(link)
  :: else
  fi;
#endif
  wasGivenUp = false;
  goto keep;

endIt:
  closeLink(link);
  ended;
  if
  :: cancelled -> goto giveUp
  :: skip
  fi;
again:
  atomic {
    inARow++;
#ifndef FAILURES_UNCOUNTED
    failures++;
#endif
    goto attempt
  }

giveUp:
  replacing = false;
  d_step {
    CLAIM(givenUpForAReason, givenUp || inARow >= ATTEMPTS);
    closeAll();
    n = 0
  }
  exited = true;
done:
  skip
}

/* ---- The worker ------------------------------------------------------------------------------------------------------ */

proctype Worker() {
end:
  do
  :: atomic { alive && doing == 0 && len(toWorker) > 0 ->
       toWorker?doing;
       if
       :: doing == BUFFER -> frames!polls, 0; doing = 0
       :: doing == START ->
          if
          :: skip
          :: TROUBLE; frames!completedBadly, START; doing = 0
          :: TROUBLE; stuck = true
          fi
       :: else
       fi
     }
  :: d_step { alive && doing != 0 && !stuck -> frames!completed, doing; doing = 0 }
  :: d_step { alive && toldToEnd && doing == 0 -> alive = false }
  :: d_step { alive && TROUBLE; alive = false }
  od
}

proctype Judge() {
  timeout ->
  d_step {
    CLAIM(everyRequestAnswered, state[1] == over && state[2] == over);
    CLAIM(startUpAnswered, startUp != open);
    CLAIM(noneLeftAlive, !alive || !givenUp && !lost);
    CLAIM(endIsTold, alive || exited)
  }
}

init {
  atomic {
    run User();
#ifdef KILLS
    run Killer();
#endif
#ifdef SHUTDOWN
    run Shutter();
#endif
    run Reader();
    run Supervisor();
    run Keeper();
    run Worker();
    run Judge()
  }
}
