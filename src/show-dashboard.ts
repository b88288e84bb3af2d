import { paintFrameZero } from './ui/frame-zero.ts';
import type { DashboardPorts } from './ui/ports.ts';

/**
 * The dashboard over whatever gives it snapshots: what was made ready is drawn before React is loaded. `onStart`: it
 * stands, and takes more. Returns the exit status.
 */
export async function showDashboard(ports: DashboardPorts, onStart: () => void): Promise<number> {
  const unguard = paintFrameZero(ports);
  const { runDashboard } = await import('./ui/run-dashboard.tsx');
  const status = runDashboard(ports);
  unguard();
  onStart();
  return status;
}
