using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Caching;

/// <summary>
/// What a cached copy rests on: shown only while its owner's promise holds, under the session in which it was brought, and while the owner
/// itself holds the promises of all its segment's other members. Shared by the copies that came under the same terms.
/// </summary>
/// <remarks>Immutable; what it refers to is read anew each time.</remarks>
internal sealed class CacheTerms(PeerLink owner, ulong session, NodeId[] members)
{
    public PeerLink Owner => owner;

    public ulong Session => session;

    public NodeId[] Members => members;

    /// <summary>Until when copies under these terms may be shown, as far as is known now. Any thread.</summary>
    public Tick ValidUntil
    {
        get
        {
            CacheRight right = owner.Cacheable;
            if (right.Session != session && !Mutant.Is(Mutation.CacheIgnoresSession)) return new Tick(long.MinValue);
            if (Mutant.Is(Mutation.CacheIgnoresOwnersLeases)) return right.Until;
            foreach (NodeId member in members)
            {
                if (Array.IndexOf(right.Listed, member) < 0) return new Tick(long.MinValue);
            }

            return right.Until;
        }
    }
}
