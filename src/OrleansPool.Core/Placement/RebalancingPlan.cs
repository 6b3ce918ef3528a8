namespace OrleansPool.Core.Placement;

/// <summary>
/// Says what to do next about where copies and primaries are: a pure function from what was observed to a few steps. It keeps
/// nothing, so whoever asks after a failure goes on where the last one stopped, and two who ask at once say the same.
/// <para>A round looks at these in order, and what ranks lower never undoes what ranks higher:</para>
/// <list type="number">
/// <item>Copies that are missing; segments with the fewest first.</item>
/// <item>Leaving nodes: a copy elsewhere, the primary to a member that stays, then the copy goes.</item>
/// <item>Copies of one segment in different zones, where zones allow; in the scatter set of its primary (<see cref="ScatterSets"/>).</item>
/// <item>Load: primaries move, without copying; only what that cannot even out is copied (<see cref="LoadStage"/>).</item>
/// <item>Fill: copies move (<see cref="FillStage"/>).</item>
/// </list>
/// <para>A copy moves in three rounds that know nothing of each other: the better place becomes a joiner; the segment has one copy
/// too many; the worst copy goes, never the newest. So a move that was begun is always finished, and none is begun for its own
/// effects: sums count what is under way as done (<see cref="PlacementSurvey"/>).</para>
/// <para>Steps and copies are bounded per round, per node and in the cluster (<see cref="RebalancingLimits"/>); the rest is said again
/// in the next round. While a missing copy waits for that, nothing is copied for evenness. Segments with a joiner or a move under
/// way, and those whose dead primary is being replaced by the survivors, are left alone; dead members leave by the primary's own
/// act. With nothing changing outside, rounds come to one without steps: every step adds a missing copy, empties a leaving node,
/// mends a zone or a set, or makes the sorted list of loads, or of fills, smaller.</para>
/// </summary>
/// <remarks>The loads must be newer than the last moves: they are taken for what is.</remarks>
internal static class RebalancingPlan
{
    /// <summary>The next steps.</summary>
    public static RebalancingRound Next(PlacementState state, RebalancingLimits limits)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(limits);
        if (state.Nodes.All(node => node.State == PlacementNodeState.Dead)) return new RebalancingRound(RebalancingOutcome.NoNode, []);
        var survey = new PlacementSurvey(state, limits);
        if (survey.ActiveNodes.Length == 0) return new RebalancingRound(RebalancingOutcome.AllLeaving, []);
        var choice = new CopyChoice(survey);
        survey.CountUnderWay(choice);
        var recovery = new RecoveryStage(survey, choice);
        recovery.Run();
        bool mayCopy = !survey.Waits;
        if (mayCopy) new RepairStage(survey, choice).Run();
        var copies = new CopiesByNode(survey, choice);
        var load = new LoadStage(survey, choice, copies);
        load.MovePrimaries();
        if (mayCopy)
        {
            load.MoveSoleCopies();
            new FillStage(survey, choice, copies).Run();
        }

        bool hasSteps = survey.StepCount > 0;
        RebalancingOutcome outcome = hasSteps ? RebalancingOutcome.Steps : survey.Waits || survey.IsUnderWay ? RebalancingOutcome.UnderWay : recovery.Blocked;
        return new RebalancingRound(outcome, survey.TakeSteps());
    }
}
