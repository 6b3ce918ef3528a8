using System.Collections.Immutable;

namespace OrleansPool.Core.Placement;

/// <summary>
/// Who gets a copy of a segment, and who gives one up.
/// <para>A copy goes where, in this order: it adds a zone; if the primary's scatter set does not have all members, its own set does, so
/// that it can be primary and nothing has to be copied for the set's sake; it is in the scatter set of the primary; it is emptiest. A
/// place that is better but busy is waited for, one that is full is not.</para>
/// <para>Of more copies than wanted, the one that goes: leaves anyway; shares its zone with another; is not the newest, which was
/// made to stay; is outside of the primary's scatter set; stands on the fullest node. The primary goes only if it leaves or is the
/// only copy that is wanted.</para>
/// </summary>
internal sealed class CopyChoice(PlacementSurvey survey)
{
    private const int NoNode = PlacementSegment.NoNode;
    private const int NewZone = 4;
    private const int InScatter = 2;
    private const int Heir = 1;

    /// <summary>Whether a segment has all it should have, and nothing under way: only then is it moved for the sake of others.</summary>
    public bool IsCalm(int segment)
    {
        int wanted = survey.Segment(segment).WantedCopies;
        return !survey.IsBusy(segment) && survey.Count(segment) == (wanted, wanted);
    }

    /// <summary>The in-sync member that joined last, of those that live.</summary>
    public int Newest(int segment)
    {
        ImmutableArray<int> members = survey.Segment(segment).InSync;
        for (int i = members.Length - 1; i >= 0; i--)
        {
            if (survey.StateOf(members[i]) != PlacementNodeState.Dead) return members[i];
        }

        return NoNode;
    }

    /// <summary>Who is primary, or will be: the primary if it stays, else the least loaded member that does; <see cref="PlacementSegment.NoNode"/> if none stays.</summary>
    public int Anchor(int segment)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        if (survey.StateOf(its.Primary) == PlacementNodeState.Active) return its.Primary;
        int best = NoNode;
        foreach (int member in its.InSync)
        {
            if (survey.StateOf(member) != PlacementNodeState.Active) continue;
            if (best < 0 || (survey.Load(member), survey.NodeHashes[member]).CompareTo((survey.Load(best), survey.NodeHashes[best])) < 0) best = member;
        }

        return best;
    }

    /// <summary>The member that goes when there is one too many.</summary>
    /// <param name="segment">The segment, with at least two copies, the newest counted.</param>
    /// <param name="newest">Who joined last, or is about to join.</param>
    public int Leaver(int segment, int newest)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        int anchor = Anchor(segment);
        int best = NoNode;
        (bool, int, bool, bool, double, ulong) bestRank = default;
        for (int i = 0; i <= its.InSync.Length; i++)
        {
            // The newest once, whether it is listed already or not.
            int member = i < its.InSync.Length ? its.InSync[i] : newest;
            if ((i < its.InSync.Length && member == newest) || survey.StateOf(member) == PlacementNodeState.Dead) continue;
            bool leaves = survey.StateOf(member) == PlacementNodeState.Leaving;
            if (member == its.Primary && !leaves && its.WantedCopies > 1) continue;
            bool isOutside = anchor >= 0 && member != anchor && !survey.Scatter.Has(anchor, member);
            var rank = (leaves, ZoneCount(segment, newest, member), member != newest, isOutside, survey.ObservedFill(member), survey.NodeHashes[member]);
            if (best >= 0 && rank.CompareTo(bestRank) < 0) continue;
            (best, bestRank) = (member, rank);
        }

        return best;
    }

    /// <summary>How many zones the copies that stay are in, with one more member and without another.</summary>
    public int ZoneCount(int segment, int with = NoNode, int without = NoNode)
    {
        ImmutableArray<int> members = survey.Segment(segment).InSync;
        int count = 0;
        for (int i = 0; i <= members.Length; i++)
        {
            int member = i < members.Length ? members[i] : with;
            if (member < 0 || member == without || survey.StateOf(member) != PlacementNodeState.Active) continue;
            if (!SharesZone(members.AsSpan()[..i], member, without)) count++;
        }

        return count;
    }

    /// <summary>Whether a node is in the zone of a member that stays.</summary>
    public bool SharesZone(ReadOnlySpan<int> members, int node, int without = NoNode)
    {
        foreach (int member in members)
        {
            if (member == without || survey.StateOf(member) != PlacementNodeState.Active) continue;
            if (survey.ZoneOf(member) == survey.ZoneOf(node)) return true;
        }

        return false;
    }

    /// <summary>How many backups would be outside of the scatter set, were a member the primary.</summary>
    public int OutsideCount(int segment, int primary)
    {
        int count = 0;
        foreach (int member in survey.Segment(segment).InSync)
        {
            if (member != primary && survey.StateOf(member) == PlacementNodeState.Active && !survey.Scatter.Has(primary, member)) count++;
        }

        return count;
    }

    /// <summary>Whether a node could hold a copy more of the segment.</summary>
    public bool HasRoom(int segment, int node)
    {
        ref readonly PlacementSegment its = ref survey.Segment(segment);
        return survey.FreeBytes(node) >= its.Bytes && !its.InSync.Contains(node);
    }

    /// <summary>The best node for a copy that is missing.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="target">The node; <see cref="PlacementSegment.NoNode"/> if none has the room, or the best is busy.</param>
    /// <returns>Whether any node has the room.</returns>
    public bool TryFindTarget(int segment, out int target)
    {
        int anchor = Anchor(segment);
        var search = new TargetSearch(this, survey, segment);
        if (anchor >= 0) search.Visit(survey.Scatter.Of(anchor), InScatter);
        if (!search.IsBest(anchor >= 0 ? InScatter : 0)) search.Visit(survey.ActiveNodes, 0);
        target = search.Target;
        return search.HasRoom;
    }

    /// <summary>Looks at nodes and keeps the emptiest of the best class.</summary>
    private struct TargetSearch(CopyChoice choice, PlacementSurvey survey, int segment)
    {
        private readonly bool _wantsHeir = choice.Anchor(segment) is >= 0 and var anchor && choice.OutsideCount(segment, anchor) > 0;
        private int _class = -1;
        private double _fill;

        public int Target { get; private set; } = NoNode;

        public readonly bool HasRoom => _class >= 0;

        public readonly bool IsBest(int inScatter)
        {
            bool isZoneLeft = choice.ZoneCount(segment) < survey.Scatter.ZoneCount;
            return _class == inScatter + (_wantsHeir ? Heir : 0) + (isZoneLeft ? NewZone : 0);
        }

        public void Visit(ReadOnlySpan<int> nodes, int inScatter)
        {
            foreach (int node in nodes)
            {
                if (!choice.HasRoom(segment, node)) continue;
                bool isHeir = _wantsHeir && choice.OutsideCount(segment, node) == 0;
                int its = (isHeir ? InScatter + Heir : inScatter) + (choice.SharesZone(survey.Segment(segment).InSync.AsSpan(), node) ? 0 : NewZone);
                if (its < _class) continue;
                if (its > _class) (_class, Target) = (its, NoNode);
                if (!survey.CanReceive(node)) continue;
                double fill = survey.SettledFill(node, survey.Segment(segment).Bytes);
                if (Target >= 0 && (fill > _fill || (fill == _fill && TieOf(node) < TieOf(Target)))) continue;
                (Target, _fill) = (node, fill);
            }
        }

        private readonly ulong TieOf(int node) => PlacementHash.Of(survey.Segment(segment).Id.Value, survey.NodeHashes[node]);
    }
}
