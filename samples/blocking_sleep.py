# Blocks in a C# function; an interrupt is raised there, and comes out here.
from procinterrupt.host import blocking_sleep

turns = 0
try:
    while True:
        turns += 1
        blocking_sleep(0.2)
except KeyboardInterrupt as interrupt:
    print(f"{type(interrupt).__name__} in turn {turns}")
