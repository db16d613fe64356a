// The Dockerfile's instructions.
import { readText } from './chart.mjs';

/** Instructions of a Dockerfile as [word, rest], with continued lines joined. */
const instructionsOf = (text) => text.split('\n').filter((line) => !/^\s*(#|$)/.test(line)).join('\n')
  .replaceAll(/\\\n\s*/g, '').split('\n').map((line) => /^(\S+)\s+(.*)$/.exec(line).slice(1));

export const dockerfile = instructionsOf(readText('deploy', 'docker', 'Dockerfile'));
export const lastStage = dockerfile.slice(dockerfile.findLastIndex(([word]) => word === 'FROM'));

/** What follows a word, each time. */
export const rest = (word, stage = lastStage) => stage.filter(([each]) => each === word).map(([, what]) => what);

export const environment = rest('ENV').flatMap((what) => what.split(/\s+/)).map((pair) => pair.split('='));
export const healthCheck = JSON.parse(/ CMD (\[.*\])$/.exec(rest('HEALTHCHECK')[0])[1]);
