namespace OrleansPool.Core.Placement;

/// <summary>
/// What should be: the copies of a segment in different zones, and in the scatter set of its primary. Where another member's set has
/// more of them, that one becomes primary, which copies nothing. Else a copy is made at the better place, and the one that is out of
/// place then goes as one too many.
/// </summary>
internal sealed class RepairStage(PlacementSurvey survey, CopyChoice choice)
{
    public void Run()
    {
        foreach (int segment in survey.Order)
        {
            if (survey.IsFull) return;
            if (!choice.IsCalm(segment)) continue;
            ref readonly PlacementSegment its = ref survey.Segment(segment);
            bool needsZone = choice.ZoneCount(segment) < Math.Min(its.WantedCopies, survey.Scatter.ZoneCount);
            int outside = choice.OutsideCount(segment, its.Primary);
            if (!needsZone && outside == 0) continue;
            if (TryMovePrimary(segment, outside)) continue;
            if (!survey.CanSend(its.Primary)) survey.Waits = true;
            else if (!needsZone || !TryRepair(segment, survey.ActiveNodes, needsZone: true)) TryRepair(segment, survey.Scatter.Of(its.Primary), needsZone: false);
        }
    }

    /// <summary>Makes the member primary that has the most of the others in its set, the least loaded of those.</summary>
    private bool TryMovePrimary(int segment, int outside)
    {
        int best = PlacementSegment.NoNode;
        (int, double, ulong) bestRank = default;
        foreach (int member in survey.Segment(segment).InSync)
        {
            var rank = (choice.OutsideCount(segment, member), survey.Load(member), survey.NodeHashes[member]);
            if (rank.Item1 < outside && (best < 0 || rank.CompareTo(bestRank) < 0)) (best, bestRank) = (member, rank);
        }

        if (best < 0) return false;
        survey.MoveLoad(segment, best);
        survey.Add(PlacementStepKind.MovePrimary, segment, best);
        return true;
    }

    private bool TryRepair(int segment, ReadOnlySpan<int> nodes, bool needsZone)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        int zones = choice.ZoneCount(segment);
        int best = PlacementSegment.NoNode;
        bool waits = false;
        foreach (int node in nodes)
        {
            if (!choice.HasRoom(segment, node) || (needsZone && choice.SharesZone(its.InSync.AsSpan(), node))) continue;
            int leaver = choice.Leaver(segment, node);
            int zonesThen = choice.ZoneCount(segment, node, leaver);
            bool repairs = needsZone ? zonesThen > zones : zonesThen >= zones && leaver != node && !survey.Scatter.Has(its.Primary, leaver);
            if (!repairs) continue;
            waits |= !survey.CanReceive(node);
            if (!survey.CanReceive(node)) continue;
            if (best < 0 || Rank(its.Primary, node).CompareTo(Rank(its.Primary, best)) < 0) best = node;
        }

        if (best < 0)
        {
            survey.Waits |= waits;
            return waits;
        }

        survey.Settle(segment, choice.Leaver(segment, best), best);
        survey.Add(PlacementStepKind.StartJoin, segment, best);
        return true;
    }

    private (bool, double, ulong) Rank(int primary, int node) => (!survey.Scatter.Has(primary, node), survey.SettledFill(node), survey.NodeHashes[node]);
}
