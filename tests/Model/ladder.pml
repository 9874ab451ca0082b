/*
 * The ladder: who asked a run to stop climbs from signal to kill, and the worker may be replaced under it. What is
 * delivery.pml's is taken for granted here: one signal only, and no kicks, strangers or swaps. README.md maps each step to
 * the code.
 *
 *   REQUESTS n   who asks, each once: plainly, or by a stop with any policy     DEATH     the worker may die at any moment
 *   SHIELD       the run may hold the first rung off, for a bounded time        RESTART   a worker that is gone is replaced,
 *   NO_BOUND     ... or for ever                                                RENUMBER  ... and its runs count from 1 again
 *   BUDGET       the worker interrupts a run over its budget, and ends if that does not help
 *
 *   STOPS_ONLY, ONCE   fewer policies, and insist is not repeated: fewer states
 *
 * The other names are mutants. A grace is over whenever it likes: no step waits for it, and nothing hurries it.
 */

#ifndef REQUESTS
#define REQUESTS 2
#endif
#define RUNS 2
#ifdef BUDGET
#define THREADS 3
#else
#define THREADS 2
#endif
#define FRAMES 12           /* more than are ever under way: asserted */

#define SIGNAL 1
#define INSIST 2
#define TERMINATE 3
#define KILL 4

#define BY_USER 1
#define BY_BUDGET 2

mtype = { taken, handled, completed };                                  /* worker to controller */
mtype = { runCode, terminate };                                         /* controller to worker */
mtype = { queued, sent, over };                                         /* a run, as the controller sees it */
mtype = { interrupted, dealtWith, tooLate, neverStarted, terminated, killed, workerLost };    /* receipts */
mtype = { none, gaveWay, wasKilled, died };                             /* how a worker ended */

/* What is claimed, by name, so that a violation says which. */
hidden byte oneReceiptEach, receiptIsTrue, rungIsTrue, everyRequestAnswered, actsOnTheRunAimedAt, nothingAfterCompleted;
hidden byte innocentRunKept, sessionKept, policyKept, shieldKept, reasonIsTrue, hardFollowsSoft, frameOfThisWorker, frameNamesItsGroup, stopEndsTheRun;
#define CLAIM(name, condition) name = (condition); assert(name)

/* ---- Shared, one worker at a time -------------------------------------------------------------------------------- */

byte wordNumber = 0, wordRung = 0;
byte wordAim = 0;           /* ghost: the run that the writer meant */
bool alive = true;
mtype ending = none;
byte dead = 0;              /* threads of it that are gone */
byte worker = 1;            /* ghost: which one */

chan toController = [FRAMES] of { mtype, byte, byte, byte, byte };      /* type; run's number; rung or outcome; reason; ghost: worker */
chan toWorker = [4] of { mtype, byte };
chan runQueue = [2] of { byte };

/* ---- The worker's own ------------------------------------------------------------------------------------------ */

byte current = 0;
byte raising = 0;           /* the rung at which it unwinds */
byte cause = 0;             /* why it began to */
bool userRaised = false;    /* a word is among what it unwinds for */
byte own = 0;               /* the rung of the worker's own request, beside the word */
byte ownAim = 0;            /* ghost: the run that it is for */
bool shielded = false;
byte lastEnded = 0;
bool gone = false;          /* it gave way: nothing more is said of the run */
bool deaf = false;          /* the whole process is stuck */
byte warned = 0;            /* the run that is over its budget and was told */
bool insisted = false;      /* and told again */

/* ---- Controller --------------------------------------------------------------------------------------------------- */

mtype state[RUNS + 1] = queued;
byte serving = 0;
byte numberOf = 0;          /* of the run being served, in its worker */
byte lastNumber = 0;
bool terminating = false, killing = false, lost = false, restarting = false;

byte target[REQUESTS + 1], top[REQUESTS + 1];       /* chosen by the asker */
byte begun[REQUESTS + 1], takenAt[REQUESTS + 1];                             /* rungs */
bool asked[REQUESTS + 1], answered[REQUESTS + 1];

/* Sets of requests: those in the word that was written last, those that wait for it, and, ghost, those that the run took. */
byte lastSet = 0, lastRung = 0, waitingSet = 0, actedSet = 0;
chan flight = [8] of { byte, byte };            /* words before it, whose frames are on their way: rung and set */
#define BIT(r) (1 << (r - 1))
#define IN(set, r) ((set & BIT(r)) != 0)

byte beyond = 0;            /* the highest rung beyond the word that has begun for the run being served */
bool unwound = false;       /* ghost: the run that ended last did so by an interrupt */
byte needs[RUNS + 1];       /* ghost: the rung that ends the run for certain; 0 = ends by itself */

hidden byte i, n, x;
hidden byte fresh;
hidden mtype kind, verdict;
hidden byte fnumber, frung, freason, fworker;

#define MINE(r) (asked[r] && !answered[r] && target[r] == serving)

inline give(r, status) {
  CLAIM(oneReceiptEach, asked[r] && !answered[r]);
  answered[r] = true;
  CLAIM(stopEndsTheRun, top[r] == 0 || kind != handled);
  CLAIM(receiptIsTrue, (status != tooLate || !IN(actedSet, r))
    && (status != interrupted || IN(actedSet, r) && unwound)
    && (status != dealtWith || IN(actedSet, r))
    && (status != terminated || ending == gaveWay)
    && (status != killed || ending == wasKilled)
    && (status != workerLost || !alive || lost));
  CLAIM(rungIsTrue, takenAt[r] <= begun[r] && (status != terminated || beyond >= TERMINATE) && (status != killed || beyond == KILL))
}

#define STANDING (wordNumber == numberOf && wordNumber != 0)

/* The word is written; the group before it, if it was taken, is in flight. */
inline write(rung, aim) {
  if
  :: !STANDING && lastRung != 0 -> flight!lastRung, lastSet; lastSet = 0
  :: else
  fi;
  wordNumber = numberOf; wordRung = rung; wordAim = aim;
  lastRung = rung
}

inline handIn(r) {
  if
  :: STANDING && wordRung == SIGNAL -> lastSet = lastSet | BIT(r)
  :: !STANDING -> write(SIGNAL, target[r]); lastSet = BIT(r)
  :: else -> waitingSet = waitingSet | BIT(r)
  fi
}

/* It takes the place of a signal, whose askers climb with it; repeated, it brings nobody new. */
inline insistOn(r) {
  if
  :: STANDING && wordRung == SIGNAL ->
     for (n : 1 .. REQUESTS) {
       begun[n] = (IN(lastSet, n) && begun[n] < INSIST -> INSIST : begun[n])
     }
  :: else
  fi;
  write(INSIST, target[r]);
  if
  :: begun[r] < INSIST || fresh -> begun[r] = INSIST; lastSet = lastSet | BIT(r)
  :: else
  fi
}

inline begin(r, rung) {
  if
  :: rung == SIGNAL -> skip
#ifdef CLIMB_UNCHECKED
  :: rung == INSIST && serving != 0 && !lost -> insistOn(r)
#else
  :: rung == INSIST && state[target[r]] == sent && !lost -> insistOn(r)
#endif
  :: rung == TERMINATE && state[target[r]] == sent && !terminating && !killing && !lost ->
     terminating = true; beyond = TERMINATE; toWorker!terminate, numberOf
#ifdef KILL_UNCHECKED
  :: rung == KILL && !killing && !lost && alive -> killing = true; beyond = KILL
#else
  :: rung == KILL && state[target[r]] == sent && !killing && !lost -> killing = true; beyond = KILL
#endif
  :: else
  fi
}

#ifdef POLICY_IGNORED
#define HIGHEST(r) (top[r] == 0 -> 0 : KILL)
#else
#define HIGHEST(r) top[r]
#endif

/* Each asks when the one before has. A climber may be late: it goes on when its run is over and all is answered. */
proctype Asker(byte me) {
  byte rung = SIGNAL;
  bool again = false;
  atomic {
    me == 1 || asked[me - 1];
    if
    :: target[me] = 1
    :: me != 1 -> target[me] = 2
    fi;
    if                                          /* 0: a plain request; else the rung that the policy does not go beyond */
    :: top[me] = 0
#ifndef STOPS_ONLY
    :: top[me] = SIGNAL
    :: top[me] = INSIST
#endif
    :: top[me] = TERMINATE
    :: top[me] = KILL
    fi;
    if
    :: skip
    :: top[me] >= INSIST -> rung = INSIST       /* rungs without a grace are passed over */
    :: top[me] == KILL -> rung = KILL
    fi;
    d_step {
      asked[me] = true;
      begun[me] = SIGNAL;
      fresh = true;
      if
      :: lost -> give(me, workerLost)
      :: !lost && state[target[me]] == over -> give(me, tooLate)
      :: !lost && state[target[me]] == queued -> state[target[me]] = over; give(me, neverStarted)
      :: else ->
         if
         :: rung == SIGNAL -> handIn(me)
         :: rung == INSIST -> insistOn(me)
         :: else -> begin(me, KILL)
         fi
      fi;
      fresh = false; n = 0
    }
  }
  do
  :: d_step { rung < HIGHEST(me) -> rung++; begin(me, rung); n = 0 }
#ifndef ONCE
  :: d_step { rung == INSIST && !again -> again = true; begin(me, INSIST); n = 0 }
#endif
  :: answered[me] && rung >= HIGHEST(me) -> break
  od;
  skip;
  d_step { rung = 0; again = false; begun[me] = 0 }
}

inline forgetRun() {
  do
  :: flight?_, _
  :: len(flight) == 0 -> break
  od;
  for (n : 1 .. REQUESTS) {
    takenAt[n] = 0
  }
  needs[serving] = 0;
  lastSet = 0; lastRung = 0; waitingSet = 0; actedSet = 0; serving = 0; numberOf = 0; beyond = 0
}

inline onTaken() {
  CLAIM(nothingAfterCompleted, fnumber == numberOf);
  if
  :: len(flight) > 0 -> flight?i, x
  :: else -> i = lastRung; x = lastSet; lastRung = 0; lastSet = 0
  fi;
  CLAIM(frameNamesItsGroup, i == frung);
  for (n : 1 .. REQUESTS) {
    takenAt[n] = (IN(x, n) && takenAt[n] < frung -> frung : takenAt[n])
  }
  if
  :: !STANDING && waitingSet != 0 -> write(SIGNAL, serving); lastSet = waitingSet; waitingSet = 0
  :: else
  fi
}

/* A plain request is settled; a stop waits for the end. */
inline onHandled() {
  CLAIM(nothingAfterCompleted, fnumber == numberOf);
  for (n : 1 .. REQUESTS) {
    if
#ifdef HANDLED_SETTLES_STOPS
    :: MINE(n) && takenAt[n] == SIGNAL -> give(n, dealtWith)
#else
    :: MINE(n) && takenAt[n] == SIGNAL && top[n] == 0 -> give(n, dealtWith)
#endif
    :: else
    fi
  }
}

inline onCompleted() {
  CLAIM(nothingAfterCompleted, fnumber == numberOf);
  for (i : 1 .. REQUESTS) {
    if
    :: MINE(i) && takenAt[i] != 0 ->
       if
       :: frung == 1 -> give(i, interrupted)
       :: else -> give(i, dealtWith)
       fi
    :: MINE(i) && takenAt[i] == 0 -> give(i, tooLate)
    :: else
    fi
  }
  if
  :: STANDING -> wordNumber = 0; wordRung = 0; wordAim = 0
  :: else
  fi;
  state[serving] = over;
  forgetRun();
#ifndef TERMINATING_STAYS
  terminating = false
#endif
}

#ifdef KILL_LISTENS
#define LISTENS true
#else
#define LISTENS (!killing)
#endif

/* The worker is gone, and what it had sent has been read: all are told. */
inline close() {
  verdict = (ending == gaveWay -> terminated : (ending == wasKilled -> killed : workerLost));
  for (i : 1 .. REQUESTS) {
    if
    :: MINE(i) && serving != 0 -> give(i, verdict)
    :: else
    fi
  }
  if
  :: serving != 0 -> state[serving] = over
  :: else
  fi;
  forgetRun();
#ifdef RESTART
  restarting = true
#else
  lost = true;
  state[1] = over; state[2] = over
#endif
}

/* Whether a request for the run being served allows the rung. */
#define MAY_CLIMB(r, rung) (asked[r] && target[r] == serving && top[r] >= rung)
#if REQUESTS > 1
#define ALLOWED(rung) (MAY_CLIMB(1, rung) || MAY_CLIMB(2, rung))
#else
#define ALLOWED(rung) MAY_CLIMB(1, rung)
#endif

proctype Controller() {
end:
  do
  :: d_step {
       !lost && !restarting && LISTENS && len(toController) > 0 ->
       toController?kind, fnumber, frung, freason, fworker;
       CLAIM(frameOfThisWorker, fworker == worker);
       if
       :: kind == taken -> onTaken()
       :: kind == handled -> onHandled()
       :: kind == completed -> onCompleted()
       fi;
       kind = 0; fnumber = 0; frung = 0; freason = 0; fworker = 0; n = 0; i = 0; x = 0
     }
  :: atomic {
       !lost && !restarting && alive && !killing && serving == 0 && (state[1] == queued || state[1] == over && state[2] == queued) ->
       d_step {
         serving = (state[1] == queued -> 1 : 2);
         state[serving] = sent;
         lastNumber++;
         numberOf = lastNumber;
         toWorker!runCode, numberOf
       }
     }
  /* The kill itself comes a while after it was decided. */
  :: d_step {
       killing && alive ->
       CLAIM(innocentRunKept, serving != 0 && (current == 0 || current == numberOf));
       CLAIM(policyKept, ALLOWED(KILL));
       alive = false; ending = wasKilled
     }
  :: d_step {
       !alive && !lost && !restarting && (killing || len(toController) == 0) ->
       close();
       verdict = 0; i = 0; n = 0
     }
#ifdef RESTART
  :: d_step {
       restarting && dead == THREADS ->
       dead = 0;
#ifndef STALE_FRAMES
       do
       :: toController?_, _, _, _, _
       :: len(toController) == 0 -> break
       od;
#endif
       do
       :: toWorker?_, _
       :: runQueue?_
       :: len(toWorker) == 0 && len(runQueue) == 0 -> break
       od;
#ifndef OLD_MAP
       wordNumber = 0; wordRung = 0; wordAim = 0;
#endif
#ifdef RENUMBER
       lastNumber = 0;
#endif
       current = 0; raising = 0; cause = 0; own = 0; ownAim = 0; shielded = false; lastEnded = 0; gone = false; warned = 0; insisted = false; deaf = false; userRaised = false;
       killing = false; terminating = false;
       ending = none; worker++;
       alive = true; restarting = false
     }
#endif
  od
}

/* ---- Worker ------------------------------------------------------------------------------------------------------- */

#define POST(kind, a, b, c) assert(nfull(toController)); toController!kind, a, b, c, worker

#if defined(SHIELD_STOPS_INSIST)
#define MAY_TAKE(rung) (rung != 0 && !shielded)
#elif defined(SHIELD_IGNORED)
#define MAY_TAKE(rung) (rung != 0)
#else
#define MAY_TAKE(rung) (rung == INSIST || rung == SIGNAL && !shielded)
#endif
#define WORD_FOR(c) (wordNumber == c && wordNumber != 0)

inline take(c) {
  CLAIM(actsOnTheRunAimedAt, wordAim == serving);
  CLAIM(shieldKept, wordRung == INSIST || !shielded);
  actedSet = actedSet | lastSet;
  POST(taken, c, wordRung, 0);
  raising = (raising < wordRung -> wordRung : raising);
  cause = (cause == 0 -> BY_USER : cause);
  userRaised = true;
  wordNumber = 0; wordRung = 0; wordAim = 0; n = 0
}

proctype RunThread() {
  byte me = 0;
  bool polls, endless, mayCatch, mayShield, bounded;

born:
  { skip;
idle:
  atomic {
    runQueue?me;
    d_step {
      if
      :: wordNumber != me -> wordNumber = 0; wordRung = 0; wordAim = 0
      :: else
      fi;
      current = me; raising = 0; cause = 0; userRaised = false; own = 0; ownAim = 0; shielded = false
    }
    if                                          /* what ends it for certain: itself, a signal, insist, terminate, kill */
    :: polls = true; endless = false; mayCatch = false
    :: polls = true; endless = true; mayCatch = false; needs[serving] = SIGNAL
    :: polls = true; endless = true; mayCatch = true; needs[serving] = INSIST
    :: polls = false; endless = true; needs[serving] = TERMINATE
    :: polls = false; endless = true; deaf = true; needs[serving] = KILL
    fi;
#ifdef SHIELD
    mayShield = true;
#ifdef SHIELD_UNBOUNDED
    bounded = false
#else
    bounded = true
#endif
#ifdef NO_BOUND
    ; if
    :: bounded = false; needs[serving] = (needs[serving] == SIGNAL -> INSIST : needs[serving])
    :: skip
    fi
#endif
#endif
  }

user:
  if
  :: !endless -> goto finish
  :: atomic {
       polls && MAY_TAKE(own) ->
       d_step {
         CLAIM(actsOnTheRunAimedAt, ownAim == me);
         raising = (raising < own -> own : raising); cause = (cause == 0 -> BY_BUDGET : cause); own = 0; ownAim = 0
       }
       goto user
     }
  :: atomic { polls && WORD_FOR(me) && MAY_TAKE(wordRung) -> d_step { take(me) } goto user }
  :: polls && MAY_TAKE(raising) ->
     if
     :: atomic {
          raising == SIGNAL && mayCatch ->                   /* each time: such code ends by insist only */
          d_step {
            if
            :: userRaised -> POST(handled, me, SIGNAL, 0)
            :: else
            fi;
            raising = 0; cause = 0; userRaised = false
          }
          goto user
        }
     :: raising == INSIST || !mayCatch -> goto finish
     fi
#ifdef SHIELD
  :: atomic { mayShield && raising == 0 -> mayShield = false; shielded = true; goto user }
  :: atomic { shielded && bounded -> shielded = false; goto user }       /* its end, or its bound */
#endif
  fi;

finish:
  skip;
  d_step {
    if
    :: gone                                      /* the reading thread ends the process */
    :: else ->
       lastEnded = me; current = 0; shielded = false;
       if
       :: wordNumber == me -> wordNumber = 0; wordRung = 0; wordAim = 0
       :: else
       fi;
       unwound = (raising != 0);
       POST(completed, me, (raising != 0 -> 1 : 0), cause);
       CLAIM(reasonIsTrue, raising == 0 || (cause == BY_USER -> userRaised : warned == me));
       raising = 0; cause = 0; userRaised = false;
#ifndef BUDGET_UNCHECKED
       own = 0; ownAim = 0;
#endif
       insisted = false
    fi;
    me = 0; polls = false; endless = false; mayCatch = false; mayShield = false; bounded = false
  }
  goto idle
  } unless { atomic { !alive -> dead++; me = 0; polls = false; endless = false; mayCatch = false; mayShield = false; bounded = false } };
  alive;
  goto born
}

/* The reading thread. */
proctype Reader() {
  byte number = 0;
born:
  { skip;
end:
  do
  :: atomic { !deaf && len(toWorker) > 0 -> d_step {
       toWorker?kind, number;
       if
       :: kind == runCode -> runQueue!number
       :: kind == terminate ->
#ifdef TERMINATE_UNNUMBERED
          gone = true;
#else
          gone = (number != lastEnded);
#endif
          if
          :: gone ->
             CLAIM(sessionKept, number != lastEnded);
             CLAIM(innocentRunKept, current == 0 || current == number);
             CLAIM(policyKept, killing || ALLOWED(TERMINATE))
          :: else
          fi
       fi;
       kind = 0; number = 0 } }
  :: atomic { gone -> d_step { alive = false; ending = gaveWay } }
  od
  } unless { atomic { !alive -> dead++; number = 0 } };
  alive;
  goto born
}

#ifdef BUDGET
/* Soft: the run is interrupted, with the reason; then insisted. Hard: it did not end, so the worker does. */
proctype Watcher() {
  byte seen = 0, times = 0;
born:
  { skip;
end:
  do
  :: atomic { current != 0 && warned != current && times < 2 -> seen = current; times++ }
     d_step {
       if
#ifdef BUDGET_UNCHECKED
       :: own == 0 -> own = SIGNAL; ownAim = seen; warned = seen
#else
       :: own == 0 && current == seen -> own = SIGNAL; ownAim = seen; warned = seen
#endif
       :: else
       fi;
       seen = 0
     }
  :: d_step { warned != 0 && current == warned && !insisted -> insisted = true; own = INSIST; ownAim = warned }
#ifdef HARD_UNCHECKED
  :: atomic { warned != 0 && current == warned && insisted -> seen = warned } atomic { d_step {
#else
  :: atomic { warned != 0 && current == warned && insisted && !deaf -> d_step {
#endif
       CLAIM(hardFollowsSoft, current == warned);
       gone = true; alive = false; ending = died; seen = 0 } }
  od
  } unless { atomic { !alive -> dead++; seen = 0 } };
  alive;
  goto born
}
#endif

#ifdef DEATH
proctype Killer() {
  d_step { alive -> alive = false; ending = died }
}
#endif

/* Whether a request may stay unanswered: nobody climbs as high as the run needs. */
#define WITHSTANDS(r) (target[r] == serving && needs[serving] > highest)

/* When nothing can move any more. */
proctype Judge() {
  byte highest = 0;
  timeout ->
  d_step {
    for (n : 1 .. REQUESTS) {
      highest = (target[n] == serving && top[n] > highest -> top[n] : highest);
      highest = (target[n] == serving && SIGNAL > highest -> SIGNAL : highest)
    }
    for (n : 1 .. REQUESTS) {
      assert(asked[n]);
      CLAIM(everyRequestAnswered, answered[n] || WITHSTANDS(n))
    }
    n = 0
  }
}

init {
  atomic {
    byte r;
    for (r : 1 .. REQUESTS) {
      run Asker(r)
    }
    r = 0;
    run Controller();
    run RunThread();
    run Reader();
#ifdef BUDGET
    run Watcher();
#endif
#ifdef DEATH
    run Killer();
#endif
    run Judge()
  }
}
