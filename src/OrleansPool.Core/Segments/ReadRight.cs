using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The right of a segment's primary to serve reads, as one immutable object that the segment swaps when it changes. A reader
/// takes it before it copies and checks afterwards that it is still the one in force, and that what it rests on still holds.
/// </summary>
/// <param name="leases">The other in-sync members: each must have promised not to take over.</param>
/// <param name="authority">The node's right to serve at all; null for a segment that relies on nobody.</param>
/// <param name="barred">Blocks that must not be read yet: what a new primary found and does not know to be committed.</param>
internal sealed class ReadRight(PeerLink[] leases, Authority? authority, IReadOnlySet<int>? barred = null)
{
    /// <summary>When it lapses unless something is renewed. Any thread; each reading is of that moment.</summary>
    public Tick ValidUntil
    {
        get
        {
            if (authority is null) return Tick.Never;
            Tick until = Mutant.Is(Mutation.NoAuthority) ? Tick.Never : authority.ValidUntil;
            if (Mutant.Is(Mutation.NoReadLeases)) return until;
            foreach (PeerLink peer in leases) until = Tick.Min(until, peer.HeldUntil);
            return until;
        }
    }

    public bool Bars(int block) => barred is not null && barred.Contains(block);
}
