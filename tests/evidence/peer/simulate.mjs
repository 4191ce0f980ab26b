// Answers requests about policies, one JSON line in and one out, by @cloud-copilot/iam-simulate.
// Run from the folder into which `make evidence` installs it; nothing of the product uses this.
import { createInterface } from 'node:readline'
import { isWildcardOnlyAction, runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '123456789012'
const named = (documents) => documents.map((policy, place) => ({ name: `policy ${place}`, policy }))

function simulation(question, request) {
  return {
    identityPolicies: named(question.policies),
    permissionBoundaryPolicies: question.boundary ? named(question.boundary) : undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/example`,
      action: request.action,
      resource: { resource: request.resource, accountId: ACCOUNT },
      contextVariables: request.context
    }
  }
}

async function answer(question, request) {
  try {
    if (!question.validated) return runUnsafeSimulation(simulation(question, request), {})
    if (!(await isWildcardOnlyAction(...request.action.split(':')))) return 'error: the action has resources'
    const response = await runSimulation(simulation(question, request), {})
    return response.resultType === 'error' ? `error: ${JSON.stringify(response.errors)}` : response.overallResult
  } catch (error) {
    return `error: ${error.message}`
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  const answers = await Promise.all(question.requests.map((request) => answer(question, request)))
  process.stdout.write(JSON.stringify(answers) + '\n')
}
