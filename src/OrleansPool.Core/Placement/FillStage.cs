namespace OrleansPool.Core.Placement;

/// <summary>
/// Evens out how full nodes are: backups are copied elsewhere in their primary's scatter set, and segments of one copy anywhere.
/// A node that has no backup left to give hands primaries over first, so that their copies become backups.
/// </summary>
/// <remarks>
/// A copy moves only where it stands better by more than the band, so the fills of all nodes, sorted, get smaller as a list with
/// each move. No move makes worse what ranks higher: zones, scatter sets, load.
/// </remarks>
internal sealed class FillStage(PlacementSurvey survey, CopyChoice choice, CopiesByNode copies)
{
    private const int NoNode = PlacementSegment.NoNode;

    private readonly int[] _nodes = copies.NodesBy(survey.SettledFill);

    public void Run()
    {
        for (int i = _nodes.Length - 1; i > 0; i--)
        {
            int from = _nodes[i];
            if (!IsBetter(from, _nodes[0], 0)) continue;
            bool hasBackup = false;
            foreach (int segment in copies.Of(from))
            {
                if (survey.IsFull) return;
                if (survey.IsBusy(segment)) continue;
                if (survey.Segment(segment).Primary != from) hasBackup |= Move(segment, from, FindForBackup(segment, from));
                else if (survey.Segment(segment).WantedCopies == 1) Move(segment, from, FindForSole(segment, from));
            }

            if (!hasBackup) HandOver(from);
        }
    }

    private bool IsBetter(int from, int to, long bytes) => survey.SettledFill(from) - survey.SettledFill(to, bytes) > survey.Limits.FillBand;

    /// <summary>Starts a copy, unless too many are under way.</summary>
    /// <returns>Whether there was a better place.</returns>
    private bool Move(int segment, int from, int to)
    {
        if (to < 0) return false;
        if (!survey.CanReceive(to) || !survey.CanSend(survey.Segment(segment).Primary)) return true;
        survey.Settle(segment, from, to);
        survey.Add(PlacementStepKind.StartJoin, segment, to);
        return true;
    }

    private int FindForBackup(int segment, int from) => FindForBackup(segment, from, survey.Segment(segment).Primary);

    /// <summary>The emptiest place for a backup, where that makes nothing worse.</summary>
    private int FindForBackup(int segment, int from, int primary)
    {
        long bytes = survey.Segment(segment).Bytes;
        int best = NoNode;
        foreach (int to in survey.Scatter.Of(primary))
        {
            if (!IsBetter(from, to, bytes) || !choice.HasRoom(segment, to)) continue;
            if (best >= 0 && (survey.SettledFill(to, bytes), survey.NodeHashes[to]).CompareTo((survey.SettledFill(best, bytes), survey.NodeHashes[best])) >= 0) continue;
            bool goes = primary != survey.Segment(segment).Primary || choice.Leaver(segment, to) == from;
            if (goes && choice.ZoneCount(segment, to, from) >= choice.ZoneCount(segment)) best = to;
        }

        return best;
    }

    private int FindForSole(int segment, int from)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        foreach (int to in _nodes)
        {
            if (!IsBetter(from, to, its.Bytes)) return NoNode;
            if (!survey.IsFrozen[to] && survey.CanReceive(to) && choice.HasRoom(segment, to) && MayLoad(segment, to)) return to;
        }

        return NoNode;
    }

    private bool MayLoad(int segment, int to)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        return survey.Load(to) + its.Load <= survey.Load(its.Primary);
    }

    /// <summary>Makes backups of primaries whose copies could then go, as many as should go.</summary>
    private void HandOver(int from)
    {
        if (survey.IsFrozen[from]) return;
        foreach (int segment in copies.Of(from))
        {
            ref readonly PlacementSegment its = ref survey.Segment(segment);
            if (survey.IsFull) return;
            if (its.Primary != from || its.WantedCopies == 1 || survey.IsBusy(segment)) continue;
            int outside = choice.OutsideCount(segment, from);
            foreach (int to in its.InSync)
            {
                bool isPossible = to != from && !survey.IsFrozen[to] && choice.OutsideCount(segment, to) <= outside && MayLoad(segment, to)
                    && survey.SettledFill(to) < survey.SettledFill(from);
                if (!isPossible || FindForBackup(segment, from, to) is not (>= 0 and var place)) continue;
                survey.MoveLoad(segment, to);
                survey.Expect(segment, from, place);
                survey.Add(PlacementStepKind.MovePrimary, segment, to);
                break;
            }
        }
    }
}
