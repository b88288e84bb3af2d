import { render } from 'ink';
import { isBareProcess } from '../model/discovery/bare-process.ts';
import { record } from '../model/history/history.ts';
import { createStore } from '../model/store.ts';
import { Dashboard, type LendTerminal } from './dashboard.tsx';
import { firstModel, sizeOf } from './first-model.ts';
import type { DashboardPorts, Want } from './ports.ts';
import { bodyIdOf, type Model } from './state.ts';
import { type MouseReport, openInput } from './terminal/input.ts';
import { startKeeper } from './terminal/keeper.ts';
import { copySequence, screenOf } from './terminal/screen.ts';
import { followSignals, stopJob } from './terminal/signals.ts';
import { themeOf } from './theme.ts';
import { resultText } from './update/actions.ts';
import type { Effect } from './update/step.ts';
import { questionKey, treeQuestion } from './update/tree.ts';
import { type Action, update } from './update/update.ts';

/** What a shell says of a program that Ctrl-C ended. */
const SIGINT_STATUS = 130;

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
  /** While another program has the terminal, Ctrl-C and Ctrl-Z are its own. */
  let lent = false;
  let wanted = '';
  let asked = '';

  function dispatch(...actions: readonly Action[]): void {
    try {
      const effects: Effect[] = [];
      let model = store.get();
      const queue = [...actions];
      for (let action = queue.shift(); action !== undefined; action = queue.shift()) {
        const { model: next, effect } = update(model, action);
        model = next;
        if (effect?.type === 'offer') {
          // Before the next key, which may have been typed for the menu that this opens.
          const { target } = effect;
          const form = target.kind === 'limit' ? ports.actions.form(target.container, target.key) : null;
          queue.unshift({ ...effect, type: 'offers', offers: ports.actions.offers(target), form });
        } else if (effect?.type === 'look') {
          queue.unshift({ type: 'looked', id: effect.id, answer: ports.look(effect.question) });
        } else if (effect !== null) {
          effects.push(effect);
        }
      }
      store.set(model);
      tellWant(model);
      askTree(
        model,
        actions.some(({ type }) => type === 'snapshot'),
      );
      for (const effect of effects) {
        perform(effect);
      }
    } catch (error) {
      ended.reject(error);
    }
  }

  function tellWant(model: Model): void {
    const want = wantOf(model);
    const key = JSON.stringify(want);
    if (key !== wanted) {
      wanted = key;
      ports.want(want);
    }
  }

  /** What is to be read of a union: anew when something else is, and `again` with each sample. */
  function askTree(model: Model, again: boolean): void {
    const question = treeQuestion(model);
    const key = question === null ? '' : JSON.stringify(questionKey(question));
    if (key !== asked || (again && question !== null)) {
      asked = key;
      const id = question?.container.id ?? '';
      ports.readTree?.(question, (answer) => dispatch({ type: 'tree', id, answer }));
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
      case 'jump':
        ports.replay?.jump(effect.by);
        break;
      case 'speed':
        ports.replay?.setSpeed(effect.factor);
        break;
      case 'mouse':
        screen.setMouse(effect.on);
        break;
      case 'redraw':
        redraw();
        break;
      case 'suspend':
        suspend();
        break;
      case 'perform':
        if (effect.offer.verb === 'shell') {
          lendTerminal(() => act(effect));
        } else {
          act(effect).catch(ended.reject);
        }
        break;
      case 'offer':
      case 'look':
        break;
    }
  }

  async function act({ target, offer }: Extract<Effect, { type: 'perform' }>): Promise<void> {
    const result = await ports.actions.perform(target, offer);
    dispatch({ type: 'say', text: resultText(offer, result), tone: result.ok ? 'good' : 'bad' });
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

  function redraw(): void {
    screen.forget();
    dispatch({ type: 'resize', size: sizeOf(stdout) });
  }

  function suspend(): void {
    if (!lent) {
      lendTerminal(() => stopJob(suspend));
    }
  }

  /** Gives the terminal to somebody else, as it was before us, and takes it back afterwards. */
  function lendTerminal(borrow: () => Promise<void>): void {
    lend(async () => {
      lent = true;
      input.pause();
      screen.leave();
      keeper.tell('left');
      await borrow();
      lent = false;
      screen.enter();
      keeper.tell('entered');
      input.resume();
    }).then(redraw, ended.reject);
  }

  /** Ctrl-C in a shell that is just starting reaches us too. */
  function onEnd(status: number): void {
    if (!lent || status !== SIGINT_STATUS) {
      ended.resolve(status);
    }
  }

  const onMouse = (report: MouseReport) =>
    dispatch(
      report.kind === 'press' ? { type: 'click', x: report.x, y: report.y } : { type: 'wheel', lines: report.lines },
    );
  const onKeys = (keys: readonly string[]) => dispatch(...keys.map((key): Action => ({ type: 'key', key })));
  const onHangUp = () => ended.resolve(1);

  const stopFollowingSignals = followSignals({ onEnd, onSuspend: suspend, onExit: screen.leave });
  screen.enter();
  const keeper = startKeeper(stdout);
  stdout.on('error', onHangUp);
  const input = openInput(stdin, { onMouse, onKey: (key) => onKeys([key]) });
  const app = render(
    <Dashboard
      store={store}
      theme={themeOf(ports.env)}
      print={screen.print}
      onKeys={onKeys}
      onReady={(lender) => {
        lend = lender;
      }}
    />,
    {
      stdin: input.stream,
      stdout,
      interactive: stdout.isTTY === true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  // After Ink, which on a smaller screen wipes the line its cursor is on.
  stdout.on('resize', redraw);
  app.waitUntilExit().catch(ended.reject);
  ports.failed.catch(ended.reject);
  ports.replay?.onSeek((seek) => dispatch({ type: 'seek', seek }));
  const unsubscribe = ports.subscribe((snapshot, past) => {
    const history = past ?? store.get().history;
    if (past === null) {
      record(history, snapshot);
    }
    dispatch({ type: 'snapshot', snapshot, history });
  });
  try {
    return await ended.promise;
  } finally {
    unsubscribe();
    app.unmount();
    input.close();
    screen.leave();
    keeper.tell('left');
    stdout.off('resize', redraw);
    stdout.off('error', onHangUp);
    stopFollowingSignals();
  }
}

function wantOf({ ui: { view, openedGroup, awaited } }: Model): Want {
  const body = bodyIdOf(view);
  return {
    detail: view.name === 'container' ? view.id : null,
    namespaces: body === 'hostNamespaces' || body === 'namespaces',
    procfs: body === 'procfs',
    layers: body === 'layers',
    memory: body === 'cgroup',
    hostGroups:
      body === 'hostGroups' || body === 'groupProcesses'
        ? { opened: body === 'groupProcesses' ? openedGroup : null }
        : null,
    pids: [awaited, view.name === 'container' && isBareProcess(view.seen) ? view.seen.init?.pid : null].filter(
      (pid) => pid != null,
    ),
  };
}
