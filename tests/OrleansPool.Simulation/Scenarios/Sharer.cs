using OrleansPool.Core.Caching;
using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>A silo whose applications read other silos' blocks through its cache.</summary>
internal sealed class Sharer(Story story, SimSilo silo)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private long _reading;

    /// <summary>Begins a read.</summary>
    public ScriptCall Ask(SimLease lease, int block = 0) => story.Client.CachedRead(lease, at: silo, block);

    /// <summary>Reads until it is answered.</summary>
    public long Read(SimLease lease, int block = 0)
    {
        ScriptCall read;
        do
        {
            read = Ask(lease, block);
            story.Until(() => read.IsAnswered || read.Refusal is not null, "the reader is told something");
        }
        while (!read.IsAnswered);
        return story.Await(read).Value;
    }

    /// <summary>Reads until a copy is there.</summary>
    public void Fetch(SimLease lease, int block = 0)
    {
        long end = story.World.Queue.Now + Patience.Ticks;
        while (!Shows(lease, block))
        {
            if (story.World.Queue.Now > end) throw new StoryException("no copy is kept");
            Read(lease, block);
            story.Pass(AskAgainAfter);
        }
    }

    /// <summary>Reads again and again from now on, until <see cref="Rest"/>: the witness looks at every answer.</summary>
    public void KeepReading(SimLease lease, int block = 0)
    {
        long reading = ++_reading;
        Again();

        void Again()
        {
            if (reading != _reading) return;
            Ask(lease, block);
            story.World.Queue.Plan(AskAgainAfter, Again);
        }
    }

    public void Rest() => _reading++;

    /// <summary>Whether it may show a copy now that it has.</summary>
    public bool Shows(SimLease lease, int block = 0) => TermsOf(lease, block) is { } terms && silo.Now <= terms.ValidUntil;

    /// <summary>Its right to keep copies of another silo's blocks.</summary>
    public CacheRight RightFrom(SimSilo owner) => silo.Node.Standing.Peers[owner.Id].Cacheable;

    /// <summary>Whether it has that right now.</summary>
    public bool HasRightFrom(SimSilo owner) => RightFrom(owner) is { Session: not 0 } right && silo.Now <= right.Until;

    /// <summary>It learns nothing of the store, of membership and of rows any more.</summary>
    public void HearsNoNews()
    {
        story.World.CutFromStore(silo);
        story.Messages.Drop<Core.Wire.RowNotice>(to: silo);
    }

    private CacheTerms? TermsOf(SimLease lease, int block)
    {
        NodeId owner = silo.Node.Map.Find(lease.Segment)!.Primary;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        return silo.Node.Cache!.TryRead(owner, lease.Segment, lease.Blocks[block], lease.Key, 0, bytes, out CacheTicket ticket) ? ticket.Terms : null;
    }
}
