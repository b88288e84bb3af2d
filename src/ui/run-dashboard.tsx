import { render } from 'ink';
import { createStore } from '../model/store.ts';
import { Dashboard, type LendTerminal } from './dashboard.tsx';
import { firstModel, sizeOf } from './first-model.ts';
import type { DashboardPorts, Want } from './ports.ts';
import type { Model } from './state.ts';
import { type MouseReport, openInput } from './terminal/input.ts';
import { startKeeper } from './terminal/keeper.ts';
import { copySequence, screenOf } from './terminal/screen.ts';
import { followSignals, stopJob } from './terminal/signals.ts';
import { themeOf } from './theme.ts';
import type { Effect } from './update/step.ts';
import { type Action, update } from './update/update.ts';

/** Frames per second at most: a key that comes right after a tick is seen within 17 ms. */
const MAX_FPS = 60;

/**
 * The dashboard from frame zero on, until the person quits or a signal ends it. Returns the exit status; the terminal
 * is as it was before. Fails with what went wrong in a view.
 */
export async function runDashboard(ports: DashboardPorts): Promise<number> {
  const { stdin, stdout } = ports;
  const screen = screenOf(stdin, stdout);
  const store = createStore(firstModel(ports));
  const ended = Promise.withResolvers<number>();
  let lend: LendTerminal = async (borrow) => borrow();
  let wanted = '';

  function dispatch(...actions: readonly Action[]): void {
    try {
      const effects: Effect[] = [];
      let model = store.get();
      for (const action of actions) {
        const step = update(model, action);
        model = step.model;
        if (step.effect !== null) {
          effects.push(step.effect);
        }
      }
      store.set(model);
      tellWant(model);
      for (const effect of effects) {
        perform(effect);
      }
    } catch (error) {
      ended.reject(error);
    }
  }

  function tellWant(model: Model): void {
    const want = wantOf(model);
    const key = `${want.detail} ${want.namespaces}`;
    if (key !== wanted) {
      wanted = key;
      ports.want(want);
    }
  }

  function perform(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        ended.resolve(0);
        break;
      case 'copy':
        screen.write(copySequence(effect.text));
        break;
      case 'save':
        save();
        break;
      case 'interval':
        ports.setInterval(effect.intervalMs);
        break;
      case 'freeze':
        ports.setFrozen(effect.frozen);
        break;
      case 'mouse':
        screen.setMouse(effect.on);
        break;
      case 'redraw':
        borrow(async () => screen.clear());
        break;
      case 'suspend':
        suspend();
        break;
    }
  }

  function save(): void {
    const { tables, scale, group } = store.get().ui;
    const { path, error } = ports.saveSettings({ tables, scale, group });
    dispatch(
      error === null
        ? { type: 'say', text: `saved to ${path}`, tone: 'good' }
        : { type: 'say', text: `not saved: ${path}: ${error}`, tone: 'bad' },
    );
  }

  function borrow(use: () => Promise<void>): void {
    lend(use).catch(ended.reject);
  }

  function suspend(): void {
    borrow(async () => {
      screen.leave();
      keeper.tell('left');
      await stopJob(suspend);
      screen.enter();
      keeper.tell('entered');
      dispatch({ type: 'resize', size: sizeOf(stdout) });
    });
  }

  const onMouse = (report: MouseReport) =>
    dispatch(
      report.kind === 'press' ? { type: 'click', x: report.x, y: report.y } : { type: 'wheel', lines: report.lines },
    );
  const onKeys = (keys: readonly string[]) => dispatch(...keys.map((key): Action => ({ type: 'key', key })));
  const onResize = () => dispatch({ type: 'resize', size: sizeOf(stdout) });
  const onHangUp = () => ended.resolve(1);

  const stopFollowingSignals = followSignals({ onEnd: ended.resolve, onSuspend: suspend, onExit: screen.leave });
  screen.enter();
  const keeper = startKeeper(stdout);
  stdout.on('resize', onResize);
  stdout.on('error', onHangUp);
  const input = openInput(stdin, { onMouse, onKey: (key) => onKeys([key]) });
  const app = render(
    <Dashboard
      store={store}
      theme={themeOf(ports.env)}
      onKeys={onKeys}
      onReady={(lender) => {
        lend = lender;
      }}
    />,
    {
      stdin: input.stream,
      stdout,
      interactive: stdout.isTTY === true,
      incrementalRendering: true,
      maxFps: MAX_FPS,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  app.waitUntilExit().catch(ended.reject);
  const unsubscribe = ports.subscribe((snapshot) => dispatch({ type: 'snapshot', snapshot }));
  try {
    return await ended.promise;
  } finally {
    unsubscribe();
    app.unmount();
    input.close();
    screen.leave();
    keeper.tell('left');
    stdout.off('resize', onResize);
    stdout.off('error', onHangUp);
    stopFollowingSignals();
  }
}

function wantOf({ ui: { view } }: Model): Want {
  return { detail: view.name === 'container' ? view.id : null, namespaces: view.name === 'hostNamespaces' };
}
