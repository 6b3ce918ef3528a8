namespace OrleansPool.Core.Placement;

/// <summary>
/// What should be: the copies of a segment in different zones, and in the scatter set of its primary. A copy is made at the better
/// place, and the one that is out of place then goes as one too many.
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
            if (!needsZone && choice.OutsideCount(segment, its.Primary) == 0) continue;
            if (!survey.CanSend(its.Primary)) survey.Waits = true;
            else if (!needsZone || !TryRepair(segment, survey.ActiveNodes, needsZone: true)) TryRepair(segment, survey.Scatter.Of(its.Primary), needsZone: false);
        }
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
