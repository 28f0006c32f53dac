// Who may import whom. One rule a folder, so that a violation names the boundary that it crosses.

/** Modules of ours that `folder` may import, beside itself. */
function only(folder, allowed, comment) {
  const may = [folder, ...allowed].join('|');
  return {
    name: `${folder}-imports-only`,
    comment,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(${may})/` },
  };
}

/** What an observation is made of; parts that consume one may know its type but not who builds it. */
const OBSERVATION = '^src/activity/observation\\.ts$';

function consumer(folder) {
  return [
    {
      name: `${folder}-imports-only`,
      comment: 'content, metrics and tracing do not know each other: each receives the same observation.',
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: [`^src/(${folder}|definitions|llm)/`, OBSERVATION] },
    },
    {
      name: `${folder}-observation-types-only`,
      comment: 'A consumer needs the shape of an observation, never code of the activity side.',
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: OBSERVATION, dependencyTypesNot: ['type-only'] },
    },
  ];
}

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Modules that need each other are one module, or miss a third one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-unresolvable',
      comment: 'An import that leads nowhere fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-dev-dependency',
      comment: 'Users do not have our devDependencies. Types of @temporalio/proto come with the Temporal packages.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'],
      },
    },
    {
      name: 'not-undeclared',
      comment: 'What is not in package.json is there by chance only.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
        // An optional peer counts as peer and as undeclared at once.
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'npm-dev', 'type-only'],
      },
    },

    only('definitions', ['llm'], 'Definitions are read by everybody, the sandbox too, so they stand on nothing.'),
    only('llm', ['definitions'], 'What a model call is has nothing to do with where it is observed.'),
    {
      name: 'no-temporal-in-llm',
      comment: 'Readers are used outside of workers too.',
      severity: 'error',
      from: { path: '^src/llm/' },
      to: { path: '(^|node_modules/)@temporalio/' },
    },
    {
      name: 'definitions-packages',
      comment: 'Definitions are bundled into the workflow sandbox, where only @temporalio/common is at hand anyway.',
      severity: 'error',
      from: { path: '^src/definitions/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|node_modules/)@temporalio/common/',
      },
    },
    {
      name: 'no-node-in-llm-and-definitions',
      comment: 'They do no I/O: they are used in the workflow sandbox and outside of workers.',
      severity: 'error',
      from: { path: '^src/(definitions|llm)/' },
      to: { dependencyTypes: ['core'] },
    },
    only('workflow', ['definitions', 'llm'], 'Everything imported here is bundled into the workflow sandbox.'),
    {
      name: 'no-node-in-workflow',
      comment: "Node's modules do not exist in the workflow sandbox.",
      severity: 'error',
      from: { path: '^src/workflow/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'workflow-packages',
      comment: 'Only the Temporal packages that are in every bundle anyway; others for their types at most.',
      severity: 'error',
      from: { path: '^src/workflow/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|node_modules/)@temporalio/(workflow|common)/',
      },
    },
    only('activity', ['definitions', 'llm'], 'It builds observations and does not know who receives them.'),
    only('client', ['definitions'], 'It runs in applications that may have no worker.'),
    only('reporting', ['definitions'], 'It counts and logs what anybody finds, in any process.'),
    only(
      'exporter',
      ['definitions', 'metrics', 'client', 'reporting'],
      'It watches a namespace and knows nothing of workers.',
    ),
    only('tokens', ['definitions'], 'It counts tokens of texts and knows nothing of agents.'),
    ...consumer('content'),
    ...consumer('metrics'),
    ...consumer('tracing'),
    {
      name: 'nobody-imports-plugin-or-cli',
      comment: 'They see everything, so nothing below may see them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(index\\.ts$|plugin|cli/)' },
      to: { path: '^src/(index\\.ts$|plugin|cli/)' },
    },
    {
      name: 'opentelemetry-sdk-in-otel-only',
      comment: 'The API is the only OpenTelemetry import of those who do not ask for ./otel.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/otel' },
      to: {
        path: '(^|node_modules/)(@opentelemetry/|@temporalio/interceptors-opentelemetry)',
        pathNot: '(^|node_modules/)@opentelemetry/api/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
  },
};
