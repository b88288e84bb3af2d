#include "demo.h"
#include "sys.h"

int forks(int argc, char **argv) {
    long most = argc > 0 ? number_of(argv[0], 200) : 200;
    long made = 0;
    long refused = 0;
    while (made < most) {
        long child = split();
        if (child == 0)
            hold();
        if (child > 0) {
            made += 1;
            continue;
        }
        refused += 1;
        if (refused == 1)
            say("%ld children made, the next one refused: errno %ld (EAGAIN is 11)", made, -child);
        pause_for(1000);
    }
    say("%ld children made, as many as wanted; refused %ld times", made, refused);
    hold();
}
