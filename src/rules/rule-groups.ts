/**
 * Every rule of the package.
 *
 * @module
 */

import { approvalRules } from './groups/approvals';
import { findingRules } from './groups/findings';
import { modelRules } from './groups/models';
import { orphanRules } from './groups/orphans';
import { overdueRules } from './groups/overdue';
import { pipelineRules } from './groups/pipeline';
import { PromQl } from './promql';
import type { RuleGroup } from './rule';
import type { RuleConfig } from './rule-config';

export function ruleGroups(config: RuleConfig): readonly RuleGroup[] {
  const promQl = new PromQl(config);
  return [
    overdueRules(promQl),
    approvalRules(promQl),
    orphanRules(promQl),
    findingRules(promQl),
    modelRules(promQl, config),
    pipelineRules(promQl, config),
  ];
}
