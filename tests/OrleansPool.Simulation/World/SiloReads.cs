using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>Reads at a silo: copied, and then confirmed. The silo can stop before either.</summary>
/// <remarks>What goes on after a stop stands in methods apart: whoever captures what it reads makes an object for it, also where nothing stops.</remarks>
internal sealed class SiloReads(SimSilo silo, SimWorld world, SeededRandom random)
{
    public void Take(End from, ClientRead read)
    {
        if (read.IsThroughCache) ReadThroughCache(from, read);
        else Read(from, read);
    }

    private void Read(End from, ClientRead read)
    {
        if (!silo.Node.Segments.TryGetValue(read.Segment, out Segment? segment))
        {
            var status = silo.Node.IsLost(read.Segment, silo.Now) ? OperationStatus.Lost : OperationStatus.NotPrimary;
            silo.Answer(from, new ClientReply(read.Token, new OperationResult(status), null, silo.Node.Map.Find(read.Segment)));
            return;
        }

        if (silo.Stops(PausePoint.BeforeCopy))
        {
            ReadLater(from, read);
            return;
        }

        byte[] bytes = new byte[read.Count];
        if (segment.Copy(read.Block, read.Key.Generation, read.Offset, bytes, out ReadTicket ticket))
        {
            if (StopsBeforeConfirm()) ConfirmLater(from, read, segment, ticket, bytes);
            else Confirm(from, read, segment, ticket, bytes);
            return;
        }

        OperationStatus refusal = segment.Replica is { IsOpen: true } && segment.MayServe(silo.Now) ? OperationStatus.Fenced : OperationStatus.Unavailable;
        silo.Answer(from, new ClientReply(read.Token, new OperationResult(refusal), null, segment.Replica?.Row));
    }

    private void ReadLater(End from, ClientRead read) => silo.GoOnLater(() => Read(from, read));

    private void Confirm(End from, ClientRead read, Segment segment, ReadTicket ticket, byte[] bytes)
    {
        bool isConfirmed = segment.Confirm(ticket, silo.Now) || world.Options.HostMutation == HostMutation.NoConfirm;
        var result = new OperationResult(isConfirmed ? OperationStatus.Ok : OperationStatus.Unavailable, ticket.Version);
        silo.Answer(from, new ClientReply(read.Token, result, isConfirmed ? bytes : null, segment.Replica?.Row));
    }

    private void ConfirmLater(End from, ClientRead read, Segment segment, ReadTicket ticket, byte[] bytes) =>
        silo.GoOnLater(() => Confirm(from, read, segment, ticket, bytes));

    /// <summary>Reads like an application on this silo: its own copy if it is primary, else its cache, else the primary.</summary>
    private void ReadThroughCache(End from, ClientRead read)
    {
        if (silo.Node.Map.Find(read.Segment) is not { } row || row.Primary == silo.Id)
        {
            Read(from, read);
            return;
        }

        if (silo.Stops(PausePoint.BeforeCopy))
        {
            ReadThroughCacheLater(from, read);
            return;
        }

        byte[] bytes = new byte[read.Count];
        if (silo.Node.Cache is not { } cache || !cache.TryRead(row.Primary, read.Segment, read.Block, read.Key, read.Offset, bytes, out CacheTicket ticket)) Miss(from, read);
        else if (StopsBeforeConfirm()) ConfirmCachedLater(from, read, ticket, bytes);
        else ConfirmCached(from, read, ticket, bytes);
    }

    private void ReadThroughCacheLater(End from, ClientRead read) => silo.GoOnLater(() => ReadThroughCache(from, read));

    private void ConfirmCached(End from, ClientRead read, in CacheTicket ticket, byte[] bytes)
    {
        if (silo.Node.Cache!.Confirm(ticket, silo.Now) || world.Options.HostMutation == HostMutation.NoConfirm)
        {
            world.CacheHits++;
            silo.Answer(from, new ClientReply(read.Token, new OperationResult(OperationStatus.Ok, ticket.Version), bytes, null));
        }
        else
        {
            Miss(from, read);
        }
    }

    private void ConfirmCachedLater(End from, ClientRead read, CacheTicket ticket, byte[] bytes) => silo.GoOnLater(() => ConfirmCached(from, read, ticket, bytes));

    private void Miss(End from, ClientRead read) =>
        silo.Input((now, outbox) => silo.Node.Miss(read.Segment, read.Block, read.Key, new Reader(this, from, read), now, outbox));

    /// <summary>Whether the silo stops between copying and confirming, as it was told to or because it so happens.</summary>
    private bool StopsBeforeConfirm()
    {
        if (silo.Stops(PausePoint.BeforeConfirm)) return true;
        if (!world.IsFaulty || !world.Swarm.Pauses || !random.OneIn(200)) return false;
        silo.Pause(world.Nemesis.DrawPause());
        return true;
    }

    private void Filled(End from, ClientRead read, OperationStatus status, ulong version, byte[]? bytes) =>
        silo.Answer(from, new ClientReply(read.Token, new OperationResult(status, version), bytes, silo.Node.Map.Find(read.Segment)));

    private void TryAgain(End from, ClientRead read)
    {
        NodeId life = silo.Id;
        world.Queue.Plan(SimSilo.TimerGranularity, () =>
        {
            if (silo.Id == life) silo.Enqueue(() => ReadThroughCache(from, read));
        });
    }

    private sealed class Reader(SiloReads reads, End from, ClientRead read) : IFillWaiter
    {
        public void Filled(OperationStatus status, ulong version, ReadOnlySpan<byte> block)
        {
            if (status == OperationStatus.Busy) reads.TryAgain(from, read);
            else reads.Filled(from, read, status, version, status == OperationStatus.Ok ? block.Slice(read.Offset, read.Count).ToArray() : null);
        }
    }
}
