import type { CampaignRequests } from '../callflow/requests/campaign-requests.ts';
import type { RequestHandlers } from '../calls/request-desk.ts';
import type { FlowDesk } from './flow-desk.ts';

/** Who answers what the action Campaign asks. */
export function campaignHandlers(flows: () => Pick<FlowDesk, 'campaigns' | 'recordings'>): Pick<RequestHandlers, keyof CampaignRequests> {
  return {
    'campaign-leave': async ({ campaign, recordings }, call) => {
      const answers = recordings.flatMap((id) => flows().recordings.taken(id) ?? []);
      return { outcome: await flows().campaigns.leave(campaign, call.callerNumber, answers) };
    },
    'campaign-entries': async ({ campaign }) => ({ entries: flows().campaigns.entries(campaign) }),
    'campaign-mark': async ({ campaign, id, as }) => ({ ok: await flows().campaigns.mark(campaign, id, as) }),
  };
}
