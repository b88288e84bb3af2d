/* Bridges of the host that containers meet on. */
#pragma once

/* nsview-init unbridge LOCK BRIDGE [VETH ALIAS]: what a helper that was killed could not remove. */
int unbridge_main(int argc, char **argv);
