namespace OrleansPool.Core.Placement;

/// <summary>
/// What must be: every segment has its copies, those with the fewest first; then every segment has them on nodes that stay; then
/// nobody has more than wanted.
/// </summary>
internal sealed class RecoveryStage(PlacementSurvey survey, CopyChoice choice)
{
    /// <summary>Why a copy that is missing stays so; <see cref="RebalancingOutcome.Settled"/> if none does.</summary>
    public RebalancingOutcome Blocked { get; private set; } = RebalancingOutcome.Settled;

    public void Run()
    {
        List<List<int>> missing = [];
        List<int> draining = [];
        List<int> complete = [];
        foreach (int segment in survey.Order)
        {
            if (survey.IsBusy(segment)) continue;
            int wanted = survey.Segment(segment).WantedCopies;
            (int living, int active) = survey.Count(segment);
            while (living < wanted && missing.Count <= living) missing.Add([]);
            (living < wanted ? missing[living] : active < wanted ? draining : complete).Add(segment);
        }

        foreach (List<int> segments in missing) segments.ForEach(Join);
        draining.ForEach(Join);
        draining.ForEach(LeavePrimary);
        complete.ForEach(LeavePrimary);
        complete.ForEach(Trim);
        draining.ForEach(Trim);
        foreach (List<int> segments in missing) segments.ForEach(LeavePrimary);
    }

    /// <summary>One joiner for a segment.</summary>
    private void Join(int segment)
    {
        if (survey.IsFull || !survey.CanSend(survey.Segment(segment).Primary))
        {
            survey.Waits = true;
            return;
        }

        if (choice.TryFindTarget(segment, out int target))
        {
            if (target >= 0) survey.Add(PlacementStepKind.StartJoin, segment, target);
            else survey.Waits = true;
        }
        else if (Blocked != RebalancingOutcome.NoRoom)
        {
            Blocked = survey.Count(segment).Active < survey.ActiveNodes.Length ? RebalancingOutcome.NoRoom : RebalancingOutcome.TooFewNodes;
        }
    }

    /// <summary>The primary of a leaving node goes to a member that stays.</summary>
    private void LeavePrimary(int segment)
    {
        if (survey.IsBusy(segment) || survey.IsFull) return;
        if (survey.StateOf(survey.Segment(segment).Primary) != PlacementNodeState.Leaving || choice.Anchor(segment) is not (>= 0 and var anchor)) return;
        survey.MoveLoad(segment, anchor);
        survey.Add(PlacementStepKind.MovePrimary, segment, anchor);
    }

    /// <summary>One copy too many goes; if it is the primary's, the newest becomes primary first.</summary>
    private void Trim(int segment)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        if (survey.IsBusy(segment) || survey.IsFull || survey.Count(segment).Living <= its.WantedCopies) return;
        int newest = choice.Newest(segment);
        int leaver = choice.Leaver(segment, newest);
        if (leaver == its.Primary) survey.Add(PlacementStepKind.MovePrimary, segment, newest);
        else survey.Add(PlacementStepKind.RemoveCopy, segment, leaver);
    }
}
