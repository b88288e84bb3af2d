import { Box, render, Text } from 'ink';

/** The least that an Ink application can be: a screen of rows, drawn once, kept open. */
const rows = Array.from({ length: 21 }, (_, index) => ({ key: `row-${index}`, text: `hello from ink, row ${index}` }));

render(
  <Box flexDirection="column">
    {rows.map(({ key, text }) => (
      <Text key={key}>{text}</Text>
    ))}
  </Box>,
  { interactive: true },
);
setInterval(() => undefined, 1_000_000);
