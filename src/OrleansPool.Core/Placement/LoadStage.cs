namespace OrleansPool.Core.Placement;

/// <summary>
/// Evens out load: primaries move to nodes that have a copy already; then, from nodes that are still too busy, segments that have
/// one copy only.
/// </summary>
/// <remarks>
/// A segment moves only where it stands better by more than the band. What its new node carries then is still less than what its
/// old one carried: so the loads of all nodes, sorted, get smaller as a list with each move, and the moves come to an end.
/// </remarks>
internal sealed class LoadStage(PlacementSurvey survey, CopyChoice choice, CopiesByNode copies)
{
    private readonly double _band = survey.Limits.LoadBand * survey.MeanLoad;

    public void MovePrimaries()
    {
        foreach (int from in copies.NodesBy(node => -survey.Load(node)))
        {
            if (survey.IsFrozen[from]) continue;
            foreach (int segment in copies.Of(from))
            {
                if (survey.IsFull) return;
                if (survey.Segment(segment).Primary != from || survey.IsBusy(segment)) continue;
                int to = LeastLoadedBackup(segment);
                if (to < 0 || !IsBetter(segment, to)) continue;
                survey.MoveLoad(segment, to);
                survey.Add(PlacementStepKind.MovePrimary, segment, to);
            }
        }
    }

    public void MoveSoleCopies()
    {
        int[] nodes = copies.NodesBy(survey.Load);
        for (int i = nodes.Length - 1; i > 0; i--)
        {
            if (survey.IsFrozen[nodes[i]]) continue;
            foreach (int segment in copies.Of(nodes[i]))
            {
                if (survey.IsFull || !IsBetter(segment, nodes[0]) || !survey.CanSend(nodes[i])) break;
                if (survey.Segment(segment).WantedCopies == 1 && !survey.IsBusy(segment)) MoveSoleCopy(segment, nodes);
            }
        }
    }

    private void MoveSoleCopy(int segment, int[] nodes)
    {
        foreach (int to in nodes)
        {
            if (!IsBetter(segment, to)) return;
            if (survey.IsFrozen[to] || !survey.CanReceive(to) || !choice.HasRoom(segment, to)) continue;
            survey.Settle(segment, survey.Segment(segment).Primary, to);
            survey.Add(PlacementStepKind.StartJoin, segment, to);
            return;
        }
    }

    private bool IsBetter(int segment, int to)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        return its.Load > 0 && survey.Load(its.Primary) - (survey.Load(to) + its.Load) > _band;
    }

    private int LeastLoadedBackup(int segment)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        int outside = choice.OutsideCount(segment, its.Primary);
        int best = PlacementSegment.NoNode;
        foreach (int member in its.InSync)
        {
            if (member == its.Primary || survey.IsFrozen[member] || choice.OutsideCount(segment, member) > outside) continue;
            if (best < 0 || (survey.Load(member), survey.NodeHashes[member]).CompareTo((survey.Load(best), survey.NodeHashes[best])) < 0) best = member;
        }

        return best;
    }
}
