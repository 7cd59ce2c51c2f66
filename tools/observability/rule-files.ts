import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { REPOSITORY } from '../repository/files.ts';

export const RULES_DIR = path.join(REPOSITORY, 'deploy/prometheus/rules');
export const ruleFiles = ['naru.yml'] as const;

export type Rule = {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};
export type AlertRule = Rule & { alert: string };

export type RuleGroup = { name: string; rules: Rule[] };

export async function readRuleFile(file: string): Promise<RuleGroup[]> {
  return (parse(await readFile(file, 'utf8')) as { groups: RuleGroup[] }).groups;
}

export async function readRules(): Promise<Rule[]> {
  const files = await Promise.all(ruleFiles.map((name) => readRuleFile(path.join(RULES_DIR, name))));
  return files.flat().flatMap((group) => group.rules);
}

export async function readAlertRules(): Promise<AlertRule[]> {
  return (await readRules()).filter((rule): rule is AlertRule => rule.alert !== undefined);
}
