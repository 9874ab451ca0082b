/*
 * The delivery of interrupts: controller, worker, and everybody else who may write to the word.
 * README.md maps each step to the code. check.sh and DeliveryModelTests run it, one scenario at a time:
 *
 *   REQUESTS n   requesters, each asking once: any run, any signal       FOREIGN n   writes of byte 0 by strangers
 *   INSIST       requesters may insist, code has clean-up                SWAPS n     buffers swapped
 *   KICK         code blocks, the watcher wakes it                       HELPER      a second thread of run 1
 *   DEATH        the worker may die at any moment                        VANISH      an exception may be swallowed
 *   COMPILES     an engine with handlers of its own: they are known when its code is entered, and code may not compile
 *
 * The other names, in capitals with an underscore, are mutants: each leaves out one thing that the protocol needs, and
 * must be found out.
 *
 * Everything in one atomic or d_step happens under one lock of its process, around one compare-exchange.
 */

#ifndef REQUESTS
#define REQUESTS 2
#endif
#ifndef RUNS
#define RUNS 2
#endif
#ifndef FOREIGN
#define FOREIGN 0
#endif
#ifndef SWAPS
#define SWAPS 0
#endif

#if SWAPS > 0
#define BUFFERS 2
#else
#define BUFFERS 1
#endif

/* Groups: one for each request, then the foreign signals that the controller took over. */
#define GROUPS (REQUESTS + FOREIGN)
#ifndef FRAMES
#define FRAMES 10           /* more than are ever under way: asserted */
#endif

#define SIGINT 2
#define SIGUSR 3            /* has a handler, which returns */
#define SIGNAL 0
#define INSIST 1

mtype = { started, taken, handled, completed, bufferSet, output };      /* worker to controller */
mtype = { runCode, setBuffer };                                         /* controller to worker */
mtype = { queued, sent, over };                                         /* a run, as the controller sees it */
mtype = { interrupted, dealtWith, tooLate, neverStarted, workerLost };    /* receipts */

/* ---- Shared memory -------------------------------------------------------------------------------------------- */

typedef Word {
  byte signal;              /* byte 0, the only one that strangers write */
  byte rung;
  byte number;              /* the run it is for, 0 = whichever is current */
  bit trip;
  byte group;               /* ghost: whose write it is, 0 = a stranger's */
  byte aim;                 /* ghost: the run that the writer meant, 0 = none was running */
}

Word word[BUFFERS];
byte mapped = 0;            /* the buffer behind the address that the worker polls */
byte held = 0;              /* the buffer that the controller writes to */
byte current = 0;           /* the run being executed; the controller does not look */
bit bell = 0;               /* rung and not yet answered; doorbell.pml shows that this is a sound picture */

#define POLLED word[mapped]
#define WRITTEN word[held]

/* All but the trip byte. */
#define CLEAR(w) w.signal = 0; w.rung = 0; w.number = 0; w.group = 0; w.aim = 0

#ifdef DEATH
bool alive = true;
#define LIVES provided (alive)
#else
#define LIVES
#endif

chan toController = [FRAMES] of { mtype, byte, byte, byte, byte };       /* type; run; run, signal, rung of the word */
chan toWorker = [2] of { mtype, byte };

/* ---- Ghosts: what really happened, for the assertions ---------------------------------------------------------- */

byte aimOf[GROUPS + 1];      /* the run that the group is meant for */
bool acted[GROUPS + 1];     /* the group's word was taken */
bool settled[GROUPS + 1];   /* code dealt with it */
bool owed = false;          /* a stranger's SIGINT, written while a run was current, has not acted yet */
bool called[GROUPS + 1];    /* it was taken for the handler that it has */
bool stuckInCleanup = false;
bool stuckCompiling = false;

/* ---- Controller ------------------------------------------------------------------------------------------------ */

mtype state[RUNS + 1] = queued;
byte serving = 0;            /* the run that was sent and has not completed */
bool begun = false;         /* its RunStarted has arrived */
bool lost = false;          /* the pipe has ended */
bool swapping = false;
byte swaps = 0;
byte adopted = 0;

bool asked[REQUESTS + 1];
bool answered[REQUESTS + 1];  /* has its receipt */
byte groupOf[REQUESTS + 1];
byte signalOf[GROUPS + 1];
byte rungOf[GROUPS + 1];

/* Lists, used as such by the controller alone. */
chan written = [GROUPS + 1] of { byte };         /* in the word, or taken and the frame is on its way; oldest first */
chan again = [GROUPS + 1] of { byte };           /* to be written next */
chan waiting = [GROUPS + 1] of { byte };         /* to be written after those */
chan takenGroups = [GROUPS + FOREIGN + 1] of { byte, byte, byte, byte };   /* group (0 = nobody's); run, signal, rung of the word */
byte last = 0;              /* the newest in written */

/* What is claimed, by name, so that a violation says which. Set and asserted in one step. */
hidden byte actsOnTheRunAimedAt, actsOnce, oneReceiptEach, receiptIsTrue, nothingAfterCompleted, nextRunUntouched;
hidden byte waitLeftAlone, cleanupLeftAlone, insistNotCaught, frameNamesItsGroup, everyRequestAnswered, strangerNotLost;
hidden byte handlerAsked, interruptedCodeNotBegun;
#define CLAIM(name, condition) name = (condition); assert(name)

hidden byte i, n, x, y, z, was;
hidden mtype verdict, kind;
hidden byte hrun, hsignal, hrung;

/* Property 2, and that the receipt tells the truth. */
inline give(r, status) {
  CLAIM(oneReceiptEach, asked[r] && !answered[r]);
  answered[r] = true;
  CLAIM(receiptIsTrue, (status != tooLate || !acted[groupOf[r]])
    && (status != interrupted || acted[groupOf[r]] && !settled[groupOf[r]])
    && (status != dealtWith || acted[groupOf[r]]));
  CLAIM(handlerAsked, status != dealtWith || signalOf[groupOf[r]] != SIGUSR || called[groupOf[r]])
}

inline giveGroup(g, status) {
  for (i : 1 .. REQUESTS) {
    if
    :: g != 0 && groupOf[i] == g && !answered[i] -> give(i, status)
    :: else
    fi
  }
}

/* The requests of one group join another. */
inline fold(from, into) {
  for (i : 1 .. REQUESTS) {
    if
    :: groupOf[i] == from -> groupOf[i] = into
    :: else
    fi
  }
}

inline writeWord(g) {
  WRITTEN.signal = signalOf[g];
  WRITTEN.rung = rungOf[g];
  WRITTEN.number = serving;
  WRITTEN.group = g;
  WRITTEN.aim = aimOf[g];
  last = g;
#ifdef KICK
  bell = 1
#endif
}

/* A word with a run number is ours and untaken, whatever a stranger did to its first byte: taking clears the number. */
#define OURS_IN_WORD (WRITTEN.number == serving)

#if defined(MATCH_BY_VALUE)
#define SAME_IN_WORD(s) (WRITTEN.signal == s)
#else
#define SAME_IN_WORD(s) true
#endif

#if defined(MATCH_BY_VALUE)
#define MAY_WRITE(g) (WRITTEN.signal == 0 && WRITTEN.number == 0 || WRITTEN.signal == signalOf[g] && WRITTEN.rung == rungOf[g])
#elif defined(WAIT_FOR_FOREIGN)
#define MAY_WRITE(g) (WRITTEN.number == 0 && (WRITTEN.signal == 0 || WRITTEN.signal == signalOf[g]))
#elif defined(ADOPT_EARLY)
#define MAY_WRITE(g) (WRITTEN.number == 0)
#else
/*
 * A stranger's byte is written over, never waited for. Before RunStarted it may be older than the run, and while a swap is
 * under way nobody may poll it: wait for that frame, then look again.
 */
#define MAY_WRITE(g) (WRITTEN.number == 0 && (WRITTEN.signal == 0 || WRITTEN.signal == signalOf[g] || begun && !swapping))
#endif

/* A stranger's signal becomes a group of the controller's that nobody waits for. */
inline adopt(s, meant) {
  adopted++;
  assert(adopted <= FOREIGN);
  z = REQUESTS + adopted;
  signalOf[z] = s;
  aimOf[z] = meant;
  again!z
}

inline pump() {
  do
  :: serving != 0 && (len(again) > 0 || len(waiting) > 0) ->
     if
     :: len(again) > 0 -> again?<x>
     :: else -> waiting?<x>
     fi;
     if
     :: MAY_WRITE(x) ->
        if
        :: len(again) > 0 -> again?x
        :: else -> waiting?x
        fi;
        was = WRITTEN.signal;
        if
        :: WRITTEN.number == 0 && was != 0 && was != signalOf[x] ->
           y = WRITTEN.aim;
           adopt(was, y)
        :: else
        fi;
        writeWord(x);
        written!x
     :: else -> break
     fi
  :: else -> break
  od
}

/* Insist waits for nothing: it takes the place of what stands in the word. */
inline insistOn(g) {
  if
  :: OURS_IN_WORD && rungOf[last] == INSIST -> fold(g, last)
  :: OURS_IN_WORD && rungOf[last] != INSIST ->
     y = last;
     n = len(written);
     do
     :: n > 1 -> written?x; written!x; n--
     :: else -> break
     od;
     written?x;
     assert(x == y);
     written!g;
     writeWord(g);
#ifndef INSIST_DROPS
     if
     :: signalOf[y] == SIGINT -> fold(y, g)
     :: else -> again!y
     fi
#endif
  :: else -> writeWord(g); written!g
  fi
}

inline request(r, target, s, rung) {
  asked[r] = true;
  if
  :: lost -> give(r, workerLost)
  :: !lost && state[target] == over -> give(r, tooLate)
  :: !lost && state[target] == queued -> state[target] = over; give(r, neverStarted)
  :: else ->
     aimOf[r] = target;
     groupOf[r] = r;
     signalOf[r] = s;
     rungOf[r] = rung;
     if
     :: rung == INSIST -> insistOn(r)
     :: rung != INSIST && OURS_IN_WORD && signalOf[last] == s && rungOf[last] == SIGNAL && SAME_IN_WORD(s) -> groupOf[r] = last
     :: else -> waiting!r; pump()
     fi
  fi
}

/* Requesters differ in nothing but their turn, and a request is one step: so each waits for the one before. */
proctype Requester(byte me) {
  byte target = 1;
  if
  :: atomic { me == 1 || asked[me - 1] -> if :: target = 2 :: skip fi }
  fi;
  if
  :: d_step { request(me, target, SIGINT, SIGNAL) }
#ifndef ONLY_SIGINT
  :: d_step { request(me, target, SIGUSR, SIGNAL) }
#endif
#ifdef INSIST_TOO
  :: d_step { request(me, target, SIGINT, INSIST) }
#endif
  fi
}

inline onTaken() {
  CLAIM(nothingAfterCompleted, hrun == serving);
#ifdef MATCH_BY_VALUE
  /* The first written group with the same value, and what is ahead of it stays. */
  n = len(written); y = 0;
  do
  :: n > 0 ->
     written?x;
     if
     :: y == 0 && was != 0 && signalOf[x] == hsignal && rungOf[x] == hrung -> y = x
     :: else -> written!x
     fi;
     n--
  :: else -> break
  od;
  if
  :: was == 0 || y != 0 -> takenGroups!y, was, hsignal, hrung
  :: else -> takenGroups!0, was, hsignal, hrung; written?x; again!x
  fi;
#else
  if
  :: was == 0 -> takenGroups!0, was, hsignal, hrung             /* a stranger's */
  :: else ->
     assert(len(written) > 0);
     written?x;
     CLAIM(frameNamesItsGroup, rungOf[x] == hrung);
     if
     :: hrung == INSIST || signalOf[x] == hsignal -> takenGroups!x, was, hsignal, hrung
     :: else -> takenGroups!0, was, hsignal, hrung; again!x     /* a stranger wrote over its signal */
     fi
  fi;
#endif
  pump()
}

inline onCompleted() {
  CLAIM(nothingAfterCompleted, hrun == serving);
  do
  :: takenGroups?x, _, _, _ -> giveGroup(x, verdict)
  :: written?x -> giveGroup(x, tooLate)
  :: again?x -> giveGroup(x, tooLate)
  :: waiting?x -> giveGroup(x, tooLate)
  :: len(takenGroups) == 0 && len(written) == 0 && len(again) == 0 && len(waiting) == 0 -> break
  od;
#if !defined(IGNORE_RUN_NUMBER) && !defined(NO_WITHDRAWAL)
  if
  :: OURS_IN_WORD -> CLEAR(WRITTEN)
  :: else
  fi;
#endif
  state[serving] = over;
  serving = 0;
  begun = false;
  last = 0;
  adopted = 0;
  for (n : 1 .. GROUPS) {                       /* nothing of it is looked at again: fewer states */
    signalOf[n] = 0; rungOf[n] = 0; aimOf[n] = 0; acted[n] = false; settled[n] = false; called[n] = false
  }
  for (n : 1 .. REQUESTS) {
    groupOf[n] = 0
  }
}

/*
 * The frames are ordered, so what was written to the old buffer and is not known as taken by now never will be. The worker
 * left it there: written again into the new one, ahead of all that waits, with what a stranger put over it.
 */
inline onBufferSet(buffer) {
  y = 0;
  if
  :: OURS_IN_WORD && rungOf[last] == SIGNAL && WRITTEN.signal != 0 && WRITTEN.signal != signalOf[last] ->
     was = WRITTEN.signal;
     adopt(was, serving)
  :: else
  fi;
  CLEAR(WRITTEN);
  WRITTEN.trip = 0;
  held = buffer;
  swapping = false;
#ifndef NO_RESUBMISSION
  z = 0;
  n = len(again);
  do                                            /* more than one if the run has ended: its drain makes no frames */
  :: written?x ->
     if
     :: rungOf[x] == INSIST && z == 0 -> z = x
     :: rungOf[x] == INSIST && z != 0 -> fold(x, z)
     :: rungOf[x] == SIGNAL -> again!x
     fi
  :: len(written) == 0 -> break
  od;
  do
  :: n > 0 -> again?x; again!x; n--
  :: else -> break
  od;
  if
  :: z != 0 -> insistOn(z)
  :: else
  fi;
#endif
  pump()
}

proctype Controller() {
end:
  do
  :: d_step {
       toController?kind, hrun, was, hsignal, hrung ->
       if
       :: lost                                        /* nobody reads any more */
       :: !lost && kind == started ->
          CLAIM(nothingAfterCompleted, hrun == serving);
#ifndef WAIT_FOR_FOREIGN
          begun = true;
          pump()
#endif
       :: !lost && kind == taken -> onTaken()
       :: !lost && kind == handled ->
          CLAIM(nothingAfterCompleted, hrun == serving);
          assert(takenGroups??[_, eval(was), eval(hsignal), eval(hrung)]);
          takenGroups??x, eval(was), eval(hsignal), eval(hrung);
          giveGroup(x, dealtWith)
       :: !lost && kind == completed ->
          verdict = (hsignal == 1 -> interrupted : dealtWith);
          onCompleted()
       :: !lost && kind == bufferSet -> onBufferSet(hrun)
       :: !lost && kind == output -> CLAIM(nothingAfterCompleted, hrun == 0 || hrun == serving)
       fi;
       kind = 0; hrun = 0; was = 0; hsignal = 0; hrung = 0; x = 0; y = 0; z = 0; n = 0; i = 0; verdict = 0
     }
  :: atomic {
       !lost && serving == 0 && state[1] == queued -> state[1] = sent; serving = 1; toWorker!runCode, 1
     }
  :: atomic {
       !lost && serving == 0 && state[1] == over && state[2] == queued -> state[2] = sent; serving = 2; toWorker!runCode, 2
     }
#if SWAPS > 0
  :: atomic { !lost && !swapping && swaps < SWAPS -> swapping = true; swaps++; toWorker!setBuffer, 1 - held }
#endif
#ifdef DEATH
  /* What the worker had queued may have been sent or not: the pipe ends after any part of it. */
  :: atomic {
       !alive && !lost ->
       d_step {
         lost = true;
         for (n : 1 .. REQUESTS) {
           if
           :: asked[n] && !answered[n] -> give(n, workerLost)
           :: else
           fi
         }
         for (n : 1 .. RUNS) {
           state[n] = over
         }
         n = 0
       }
     }
#endif
  od
}

/* ---- Worker ---------------------------------------------------------------------------------------------------- */

byte raising = 0;           /* 1 = unwinds, 2 = unwinds for good (insist) */
byte cleanupDepth = 0;           /* the run thread's clean-up depth */
bool gate = false;          /* the run thread is in a wait that may be broken */
bool blocked = false;       /* it is in another wait */
bool kick = false;          /* Thread.Interrupt has been called and nothing has thrown yet */
bool compiling = false;     /* the run's handlers are not known yet */

chan raised = [GROUPS + FOREIGN + 1] of { byte, byte, byte, byte };      /* ghost group; run, signal, rung of the word */

#define POST(kind, a, b, c, d) assert(nfull(toController)); toController!kind, a, b, c, d

#ifdef IGNORE_RUN_NUMBER
#define IS_FOR(w, c) true
#else
#define IS_FOR(w, c) (w.number == 0 || w.number == c)
#endif

/* Whether a signal has a handler is not known before the code is there: it stays in the word. SIGINT and insist do not wait. */
#if !defined(COMPILES) || defined(IGNORED_UNCOMPILED)
#define HELD_BACK false
#elif defined(HOLDS_SIGINT_BACK)
#define HELD_BACK (compiling && POLLED.rung == SIGNAL && POLLED.signal != 0)
#else
#define HELD_BACK (compiling && POLLED.rung == SIGNAL && POLLED.signal == SIGUSR)
#endif

#define HAS_REQUEST(w) (w.signal != 0 || w.number != 0)
#define NOT_ZERO (HAS_REQUEST(POLLED) || POLLED.trip)                    /* what a checkpoint tests */
#define MAY_TAKE(c, d) (DESK_FREE && current == c && HAS_REQUEST(POLLED) && IS_FOR(POLLED, c) && (d == 0 || POLLED.rung == INSIST) && !HELD_BACK)
#define MAY_RAISE(c, d) (current == c && raising != 0 && (d == 0 || raising == 2))

#ifdef LATE_FRAMES
#define STILL_CURRENT(c) true
#else
#define STILL_CURRENT(c) (current == c)
#endif

#ifdef IGNORE_CLEANUP
#define DEPTH 0
#else
#define DEPTH cleanupDepth
#endif

#ifdef CATCH_UNCHECKED
#define CATCHABLE true
#else
#define CATCHABLE (raising != 2)
#endif

#ifdef WATCH_WORD_ONLY
#define WORTH_A_KICK (HAS_REQUEST(POLLED) && IS_FOR(POLLED, current))
#else
#define WORTH_A_KICK (HAS_REQUEST(POLLED) && IS_FOR(POLLED, current) || raising != 0)
#endif

#define INSISTING (current != 0 && (raising == 2 || POLLED.number == current && POLLED.rung == INSIST))
#ifdef KICK_IN_CLEANUP
#define KICKABLE (current != 0 && (gate || blocked))
#else
#define KICKABLE (current != 0 && (gate || INSISTING && blocked))
#endif

#ifdef MOVE_OWN
#define MOVES(w) HAS_REQUEST(w)
#else
#define MOVES(w) (w.signal != 0 && w.number == 0)
#endif

#ifdef DRAIN_ALL
#define DRAINS(w) true
#else
#define DRAINS(w) MOVES(w)
#endif

inline readWord() {
  tsignal = POLLED.signal;
  trung = POLLED.rung;
  trun = POLLED.number;
  tgroup = POLLED.group;
  taim = POLLED.aim
}

/* Taking, and what it makes of the run. */
inline apply(c) {
  CLAIM(actsOnTheRunAimedAt, tsignal == 0 && trung == SIGNAL || taim == c);
  if
  :: tgroup != 0 && (tsignal == signalOf[tgroup] || trung == INSIST) ->
     CLAIM(actsOnce, !acted[tgroup]);
     acted[tgroup] = true;
     called[tgroup] = (tsignal == SIGUSR && trung == SIGNAL && !compiling)
  :: else -> tgroup = 0
  fi;
  POST(taken, c, trun, tsignal, trung);
  if
  :: trung == INSIST -> raising = 2; POLLED.trip = 1; raised!tgroup, trun, tsignal, trung; owed = false
  :: trung != INSIST && tsignal == SIGINT ->
     raising = (raising == 2 -> 2 : 1); POLLED.trip = 1; raised!tgroup, trun, tsignal, trung; owed = false
  :: else
  fi
}

inline forget() {
  tsignal = 0; trung = 0; trun = 0; tgroup = 0; taim = 0
}

/* Guard and step of a checkpoint; a handler, if there is one, runs after it. */
#ifdef READ_THEN_CLEAR
#define TAKE(c, d) \
  atomic { NOT_ZERO && MAY_TAKE(c, d) -> d_step { readWord() } }; \
  d_step { CLEAR(POLLED); apply(c) }; \
  d_step { afterTake(c) }
#else
#define TAKE(c, d) \
  atomic { NOT_ZERO && MAY_TAKE(c, d) -> d_step { readWord(); CLEAR(POLLED); apply(c) } }; \
  d_step { afterTake(c) }
#endif

/* The handler has run; its thread may have outlived the run by now. */
inline afterTake(c) {
  if
  :: tsignal == SIGUSR && trung == SIGNAL && STILL_CURRENT(c) ->
     if
     :: tgroup != 0 -> settled[tgroup] = true
     :: else
     fi;
     POST(handled, c, trun, tsignal, trung)
  :: else
  fi;
  forget()
}

/* A catch clause was entered: it settles everything that was being raised, but not an insist that came since its filter ran. */
inline caught(c) {
  if
  :: current == c && raising != 0 && CATCHABLE ->
     raising = 0;
     POLLED.trip = 0;
     do
     :: raised?tgroup, trun, tsignal, trung ->
        CLAIM(insistNotCaught, trung != INSIST);
        if
        :: tgroup != 0 -> settled[tgroup] = true
        :: else
        fi;
        POST(handled, c, trun, tsignal, trung)
     :: len(raised) == 0 -> break
     od
  :: else
  fi;
  forget()
}

#if SWAPS > 0
bool deskLocked = false;    /* the steps of a swap are seen by writers of the word, not by the rest of the worker */
#define DESK_FREE !deskLocked
chan runQueue = [1] of { mtype, byte };
#else
#define DESK_FREE true
#define runQueue toWorker
#endif

proctype RunThread() LIVES {
  byte me;
  byte tsignal, trung, trun, tgroup, taim;
  bool endless, mayVanish, mayClean, mayBlock, mayStick;

idle:
  atomic {
    DESK_FREE && len(runQueue) > 0 ->
    runQueue?runCode, me;
    d_step {
      CLAIM(nextRunUntouched, !kick);
      raising = 0;
#if !defined(IGNORE_RUN_NUMBER) && !defined(NO_DISCARD)
      if
      :: POLLED.number != me -> CLEAR(POLLED)
      :: else
      fi;
#endif
      current = me;
      POST(started, me, 0, 0, 0);
#ifdef VANISH
      mayVanish = true;
#endif
#ifdef CLEANUP
      mayClean = true;
#endif
#ifdef KICK
      mayBlock = true;
#endif
#ifdef COMPILES
      compiling = true;
      mayStick = true;
#endif
    }
    if
    :: endless = true
    :: skip
    fi
  }

#ifdef COMPILES
compiles:
  if
  :: TAKE(me, 0); goto compiles
  :: atomic { NOT_ZERO && MAY_RAISE(me, 0) && stuckCompiling -> goto ending }     /* a token ends it */
  :: atomic { !stuckCompiling && mayStick -> mayStick = false; stuckCompiling = true; goto compiles }
  :: !stuckCompiling -> goto ending                                         /* it does not compile */
#ifdef BEGINS_INTERRUPTED
  :: d_step { !stuckCompiling -> compiling = false; CLAIM(interruptedCodeNotBegun, raising == 0) }
#else
  :: d_step { !stuckCompiling && raising == 0 -> compiling = false; CLAIM(interruptedCodeNotBegun, raising == 0) }
#endif
  fi;
#endif

user:
  if
  :: !endless -> goto ending                                          /* ends by itself */
  :: TAKE(me, 0); goto user
  :: atomic { NOT_ZERO && MAY_RAISE(me, 0) -> goto unwinding }
#ifdef CLEANUP
  :: atomic { mayClean -> mayClean = false; cleanupDepth = 1; goto cleanup }
#endif
#ifdef KICK
  :: atomic { mayBlock -> mayBlock = false; goto region }
#endif
  fi;

unwinding:
  if
#ifdef VANISH
  :: atomic { mayVanish -> mayVanish = false; goto user }                           /* a filter, List.Sort, a dropped task */
#endif
#ifndef NEVER_CATCHES
  :: raising == 1 -> d_step { caught(me) } goto user                    /* the filter is asked, then the clause entered */
#endif
#ifdef CLEANUP
  :: atomic { mayClean -> mayClean = false; cleanupDepth = 2; goto cleanup }
#endif
  :: goto ending
  fi;

#ifdef CLEANUP
cleanup:                                                                 /* 1: in user code, 2: while unwinding */
  atomic {
    if
    :: cleanupDepth == 1 -> stuckInCleanup = true                        /* clean-up that loops by itself */
    :: skip
    fi
  }
cleaning:
  if
  :: TAKE(me, DEPTH); goto cleaning
  :: atomic { NOT_ZERO && MAY_RAISE(me, DEPTH) -> d_step { CLAIM(cleanupLeftAlone, raising == 2); cleanupDepth = 0; stuckInCleanup = false } goto unwinding }
  :: atomic { !stuckInCleanup && cleanupDepth == 1 -> cleanupDepth = 0; goto user }
  :: atomic { !stuckInCleanup && cleanupDepth == 2 -> cleanupDepth = 0; goto ending }
#ifdef KICK
  :: blocked = true;                                                     /* a wait that only insist may break */
     if
     :: atomic { kick -> d_step { CLAIM(waitLeftAlone, raising == 2 || POLLED.rung == INSIST); kick = false; blocked = false } goto cleaning }
     :: atomic { !stuckInCleanup -> blocked = false; goto cleaned }      /* over by itself; a kick may have come */
     fi
#endif
  fi;
#ifdef KICK
cleaned:
  atomic {
    if
    :: cleanupDepth == 1 -> cleanupDepth = 0; goto user
    :: cleanupDepth == 2 -> cleanupDepth = 0; goto ending
    fi
  }
#endif
#endif

#ifdef KICK
region:                                                                  /* open the gate, look, block */
  gate = true;
#ifndef BLOCK_WITHOUT_LOOK
  if
  :: TAKE(me, 0); goto leaving
  :: atomic { NOT_ZERO && MAY_RAISE(me, 0) -> goto leaving }
  :: !(NOT_ZERO && (MAY_TAKE(me, 0) || MAY_RAISE(me, 0)))
  fi;
#endif
  if
  :: kick -> kick = false
  :: !endless                                                       /* what it waited for happened */
  fi;
leaving:
  gate = false;
#ifndef NO_DRAIN
  kick = false;
#endif
  /* From here on any wait is not to be broken: a lock in a finally, a static constructor. */
  d_step { CLAIM(waitLeftAlone, !kick) }
  goto user;
#endif

ending:
  skip;
  d_step {
    gate = false;
    blocked = false;
    tsignal = (raising != 0 -> 1 : 0);
    current = 0;
    raising = 0;
    compiling = false;
    stuckCompiling = false;
    do
    :: raised?_, _, _, _
    :: len(raised) == 0 -> break
    od
  }
#if defined(KICK) && !defined(NO_END_DRAIN_OF_KICKS)
  kick = false;
#endif
  d_step {
    POLLED.trip = 0;
    if
    :: IS_FOR(POLLED, me) -> CLEAR(POLLED)
    :: else
    fi;
    owed = false
  }
  d_step { POST(completed, me, 0, tsignal, 0); me = 0; tsignal = 0; endless = false; mayVanish = false; mayClean = false; mayBlock = false; mayStick = false }
  goto idle
}

#ifdef KICK
/* Woken by the doorbell; looks at the word and at the run, and kicks under the lock that the gate is closed under. */
proctype Watcher() LIVES {
  bool open;
end:
  do
  :: bell ->
     bell = 0;
     if
     :: current != 0 && WORTH_A_KICK ->
#ifdef KICK_UNLOCKED
        open = gate;
        if
        :: open -> kick = true
        :: else
        fi;
        open = false
#else
        d_step {
          if
          :: KICKABLE -> kick = true
          :: else
          fi
        }
#endif
     :: else
     fi
  /* Within 20 ms: insist goes on until it has reached the thread. */
  :: d_step { INSISTING && blocked && !kick -> kick = true }
  od
}
#endif

#ifdef HELPER
/* A thread that run 1 started: takes and raises for run 1 only, prints, and may outlive it. */
proctype Helper() LIVES {
  byte tsignal, trung, trun, tgroup, taim;
  byte number;
  bool mayPrint = true;
  current == 1;
  do
  :: TAKE(1, 0)
  :: atomic { NOT_ZERO && MAY_RAISE(1, 0) && raising == 1 -> skip } d_step { caught(1) }
  :: atomic { NOT_ZERO && MAY_RAISE(1, 0) -> break }
  :: mayPrint ->
     mayPrint = false;
#ifdef OUTPUT_UNFENCED
     number = current;
     d_step { POST(output, (number == 1 -> 1 : 0), 0, 0, 0); number = 0 }
#else
     d_step { POST(output, (current == 1 -> 1 : 0), 0, 0, 0) }
#endif
  :: current != 1 && !mayPrint -> break
  od
}
#endif

#if SWAPS > 0
/* The reading thread: hands runs over, and swaps buffers while code polls. */
proctype Reader() LIVES {
  byte number, old;
  byte tsignal, trung, trun, tgroup, taim;
end:
  do
  :: toWorker?runCode, number -> runQueue!runCode, number; number = 0
  :: atomic {
       toWorker?setBuffer, number ->
#ifndef SWAP_UNLOCKED
       deskLocked = true;
#endif
       old = mapped;
       mapped = number
     }
     /* A stranger's byte moves on; a word with a run number stays where it is: the controller's to move. */
     d_step {
       if
       :: current != 0 && !HAS_REQUEST(POLLED) && MOVES(word[old]) ->
          POLLED.signal = word[old].signal;
          POLLED.rung = word[old].rung;
          POLLED.number = word[old].number;
          POLLED.group = word[old].group;
          POLLED.aim = word[old].aim
       :: else
       fi;
       if
       :: DRAINS(word[old]) -> CLEAR(word[old])
       :: else
       fi;
       word[old].trip = 0
     }
#ifndef NO_TRIP_AFTER_SWAP
     d_step {
       if
       :: raising != 0 -> POLLED.trip = 1
       :: else
       fi
     }
#endif
     d_step { POST(bufferSet, number, 0, 0, 0); number = 0; old = 0; deskLocked = false }
  od
}
#endif

/* ---- Strangers, fate, and the judge ---------------------------------------------------------------------------- */

#if FOREIGN > 0
inline scribble(value) {
  POLLED.signal = value;
  if
  :: POLLED.number == 0 -> POLLED.group = 0; POLLED.aim = current
  :: else
  fi;
  if
  :: current != 0 -> owed = (value == SIGINT)
  :: else
  fi
}

proctype Stranger() {
  byte times;
  do
  :: times < FOREIGN -> d_step { times++; scribble(SIGINT) }
  :: times < FOREIGN -> d_step { times++; scribble(SIGUSR) }
  :: times < FOREIGN -> d_step { times++; scribble(0) }
  :: times == FOREIGN -> break
  od
}
#endif

#ifdef DEATH
proctype Killer() {
  alive = false
}
#endif

/* What waits behind a signal that is held back waits with it: signals keep their order. */
#define HELD_UP (stuckCompiling && POLLED.signal == SIGUSR)

/* When nothing can move any more: properties 2 and 3. */
proctype Judge() {
  timeout ->
  d_step {
    for (n : 1 .. REQUESTS) {
      assert(asked[n]);
      CLAIM(everyRequestAnswered, answered[n] || (stuckInCleanup || HELD_UP) && rungOf[groupOf[n]] == SIGNAL)
    }
    CLAIM(strangerNotLost, !owed || stuckInCleanup || HELD_UP);
    n = 0
  }
}

init {
  atomic {
    byte r;
    for (r : 1 .. REQUESTS) {
      run Requester(r)
    }
    r = 0;
    run Controller();
    run RunThread();
#ifdef KICK
    run Watcher();
#endif
#ifdef HELPER
    run Helper();
#endif
#if SWAPS > 0
    run Reader();
#endif
#if FOREIGN > 0
    run Stranger();
#endif
#ifdef DEATH
    run Killer();
#endif
    run Judge()
  }
}
