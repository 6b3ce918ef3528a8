using OrleansPool.Core;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>What the steps of a silo ask for, on its way out: messages, requests to the store, answers, and blocks to zero.</summary>
internal sealed class SiloReleases(SimSilo silo, SimWorld world, SeededRandom random)
{
    private readonly Stack<HeldOutput> _unused = new();

    /// <summary>Takes what a step asked for. It is released once, or never.</summary>
    public HeldOutput Hold(NodeOutbox outbox)
    {
        foreach ((SegmentId segment, SegmentFaultException fault) in outbox.Faults)
        {
            silo.Faults.Add(fault);
            if (!silo.HasBadMemory) world.Invariants.Violate($"segment {segment} on silo {silo.Place}: {fault.Message} {fault.InnerException}");
        }

        if (!_unused.TryPop(out HeldOutput? held)) held = new HeldOutput();
        held.Take(outbox);
        return held;
    }

    public void Release(HeldOutput held)
    {
        foreach ((NodeId to, Message message) in held.Messages)
        {
            if (world.PlaceOf(to.Silo) is { } place) world.Network.Send(new End(silo.Place, silo.Id), new End(place, to), message);
        }

        foreach (StoreRequest request in held.StoreRequests) world.Store.Ask(silo, request);
        foreach ((Segment segment, int head) in held.Retired) PlanZero(segment, head);
        foreach ((IOperationCompletion completion, OperationResult result, Tick validUntil) in held.Replies) Answer((Asker)completion, result, validUntil);
        if (held.WantsView) world.Membership.TellTo(silo, soon: true);
        held.Clear();
        _unused.Push(held);
    }

    private void Answer(Asker asker, in OperationResult result, Tick validUntil)
    {
        if (silo.Now <= validUntil || world.Options.HostMutation == HostMutation.LateReplies)
        {
            silo.Answer(asker.From, new ClientReply(asker.Request.Token, result, null, RowFor(asker.Request.Segment, result)));
            return;
        }

        // Too late to be said: it is judged again, if that cannot do it twice.
        bool isRepeatable = asker.Request.Operation.Request.Session != 0 || asker.Request.Operation.Kind is OperationKind.Renew or OperationKind.Inspect;
        if (isRepeatable) SubmitLater(asker);
        else silo.Answer(asker.From, new ClientReply(asker.Request.Token, new OperationResult(OperationStatus.Indeterminate), null, null));
    }

    private void SubmitLater(Asker asker) => world.Queue.Plan(SimSilo.TimerGranularity, () =>
    {
        if (asker.Life == silo.Id) silo.Enqueue(() => silo.Submit(asker));
    });

    private SegmentRow? RowFor(SegmentId segment, in OperationResult result) =>
        result.Status is OperationStatus.NotPrimary or OperationStatus.Unavailable or OperationStatus.Lost ? silo.Node.Map.Find(segment) : null;

    private void PlanZero(Segment segment, int head)
    {
        NodeId life = silo.Id;
        world.Queue.Plan(random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(world.Swarm.ZeroingMilliseconds)) + silo.ZeroingTakes, () =>
        {
            if (life == silo.Id && silo.IsUp && silo.Node.Segments.TryGetValue(segment.Id, out Segment? present) && present == segment) segment.Zero(head);
        });
    }
}
