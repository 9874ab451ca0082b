/*
 * The doorbell: no wake is lost, also when the buffer that holds it is swapped, and a watcher that sleeps without a time-out
 * learns that a run started. Nothing here times out and so hides a lost wake, except where START says so.
 *
 *   RINGERS n    requests, each written and rung once
 *   SWAP         the page under the watcher is replaced
 *   START        a run starts, and a stranger, who rings nothing, writes
 *
 * The other names in capitals are mutants. A missing fence lets the load after it go before the store ahead of it: that
 * is how it is modelled.
 */

#ifndef RINGERS
#define RINGERS 2
#endif
#ifdef SWAP
#define PAGES 2
#else
#define PAGES 1
#endif

bool word[PAGES];           /* something is written that the watcher has not seen */
byte bell[PAGES];           /* counts modulo 4: more coincidences than 32 bits have */
bool waiting[PAGES];
byte mapped = 0;            /* the page behind the watcher's address */
byte held = 0;              /* the page that the controller writes to */

hidden byte noWakeLost;
byte asleep = 0;            /* 1 + the page on whose futex the watcher sleeps */
bool timed = false;         /* ... and with a time-out */
bool deep = false;          /* the watcher means to sleep without one */
#ifdef START
bool running = false;
#else
bool running = true;
#endif

byte swaps = 0;             /* buffers mapped over */
byte swapsSeen = 0;         /* as many has the watcher noticed */
bool swapped = false;       /* the controller has been told */

#define BUMP(p) bell[p] = (bell[p] + 1) % 4

inline wakeAt(p) {
  d_step {
    if
    :: asleep == p + 1 -> asleep = 0; timed = false
    :: else
    fi
  }
}

/* Increment, full fence, read waiting, wake. */
inline ring(p) {
  BUMP(p);
  saw = waiting[p];
  if
  :: saw -> saw = false; wakeAt(p)
  :: else
  fi
}

proctype Ringer() {
  byte page;
  bool saw;
#if defined(BELL_BEFORE_WORD)
  ring(page);
  word[page] = true
#elif defined(NO_RINGER_FENCE)
  saw = waiting[page];
  word[page] = true;
  BUMP(page);
  if
  :: saw -> wakeAt(page)
  :: else
  fi
#else
  /* Under the controller's lock, which the swap's answer takes too. */
  atomic { page = held; word[page] = true }
  ring(page)
#endif
}

inline look() {
  d_step {
    if
    :: word[mapped] -> word[mapped] = false
    :: else
    fi
  }
}

/* Sample, read, set waiting, full fence, wait on the sample. */
proctype Watcher() {
  byte sample, page;
  bool busy;
end:
  do
  :: swapsSeen = swaps;
#ifdef READ_BEFORE_SAMPLE
     if
     :: running -> look()
     :: else
     fi;
     sample = bell[mapped];
     busy = running;
#else
     sample = bell[mapped];
     busy = running;
     if
     :: busy -> look()
     :: else
     fi;
#endif
#ifdef START
     if
     :: !busy -> deep = true; busy = running
     :: else
     fi;
#endif
#ifndef NO_WATCHER_FENCE
     waiting[mapped] = true;
#endif
     /* The kernel finds the page first, then compares what stands at the address and queues in one step. */
     page = mapped;
     d_step {
       if
       :: bell[mapped] == sample ->
          asleep = page + 1;
#ifdef START
          timed = busy
#endif
       :: else
       fi
     }
#ifdef NO_WATCHER_FENCE
     waiting[mapped] = true;
#endif
     if
     :: asleep == 0
     :: atomic { asleep != 0 && timed && word[mapped] -> asleep = 0; timed = false }     /* 20 ms later */
     fi;
     waiting[mapped] = false;
     atomic { deep = false; sample = 0; busy = false; page = 0 }
  od
}

#ifdef SWAP
/* Maps over and answers, then rings on both pages until the watcher has come round. */
proctype Reader() {
  bool saw;
  mapped = 1;
  swapped = true;
  swaps = 1;
#if defined(NO_WAKE_AFTER_SWAP)
  skip
#elif defined(WAKE_ONCE)
  ring(0);
  ring(1)
#else
  do
  :: swapsSeen != swaps -> ring(0); ring(1)
  :: swapsSeen == swaps -> break
  od
#endif
}

/* The answer: what is left in the old page is written again into the new one. */
proctype Controller() {
  bool saw, left;
  swapped;
  atomic { left = word[0]; word[0] = false; held = 1; word[1] = word[1] || left }
  if
  :: left -> ring(1)
  :: else
  fi
}
#endif

#ifdef START
proctype RunThread() {
  bool saw;
  running = true;
#ifndef SILENT_START
  if
  :: deep -> ring(0)
  :: else
  fi
#endif
}

proctype Stranger() {
  word[0] = true
}
#endif

proctype Judge() {
  timeout -> d_step { noWakeLost = !word[mapped] && !word[0]; assert(noWakeLost) }
}

init {
  atomic {
    byte r;
    for (r : 1 .. RINGERS) {
      run Ringer()
    }
    r = 0;
    run Watcher();
#ifdef SWAP
    run Reader();
    run Controller();
#endif
#ifdef START
    run RunThread();
    run Stranger();
#endif
    run Judge()
  }
}
