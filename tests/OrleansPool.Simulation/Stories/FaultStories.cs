using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Memory goes bad under a segment: it stops rather than say anything wrong, and its host is told.</summary>
internal static class FaultStories
{
    private static readonly StoryShape TwoCopies = new();

    [Told(true)]
    [Told(false)]
    public static void A_segment_that_finds_itself_broken_answers_nothing_any_more_and_its_host_is_told_once(bool isNoticed)
    {
        using var silo = new LoneSilo();
        LeaseView broken = silo.Lease(2);
        LeaseView sound = silo.Lease();
        silo.Write(sound, sound.Key.Head, 4);
        if (isNoticed) silo.BreakGeneration(1);
        else silo.Segment.Store[0].Next = 5000;
        silo.Do(Operation.OnLease(OperationKind.Free, broken.Key), OperationStatus.Lost);
        SegmentFaultException fault = Assert.Single(silo.Faults);
        Assert.Equal(isNoticed, fault.InnerException is null);
        silo.Do(Operation.Write(sound.Key, sound.Key.Head, 0, new byte[8]), OperationStatus.Lost);
        Assert.Null(silo.Read(sound, sound.Key.Head));
        Assert.False(silo.MoveHome());
        silo.Pass(TimeSpan.FromHours(2));
        Assert.Same(fault, Assert.Single(silo.Faults));
    }

    [Told]
    public static void Bytes_past_the_end_of_a_block_are_noticed_when_its_lease_ends_and_stop_the_segment()
    {
        using var silo = new LoneSilo(hasCanaries: true);
        LeaseView lease = silo.Lease();
        LeaseView other = silo.Lease();
        silo.BreakCanary(lease.Key.Head);
        silo.Do(Operation.OnLease(OperationKind.Free, lease.Key));
        Assert.IsType<ArenaFaultException>(silo.Segment.Fault!.InnerException);
        silo.Do(Operation.OnLease(OperationKind.Free, other.Key), OperationStatus.Lost);
        Assert.Same(silo.Segment.Fault, Assert.Single(silo.Faults));
    }

    [Told]
    public static void Of_two_faults_of_one_batch_the_first_is_the_one_that_is_told()
    {
        using var silo = new LoneSilo(hasCanaries: true);
        LeaseView first = silo.Lease();
        LeaseView second = silo.Lease(2);
        silo.BreakCanary(first.Key.Head);
        silo.BreakGeneration(second.Runs[0].First + 1);
        LoneAnswer? late = null;
        silo.Meanwhile(() => late = silo.Ask(Operation.OnLease(OperationKind.Free, second.Key)));
        silo.Do(Operation.OnLease(OperationKind.Free, first.Key));
        Assert.Equal(OperationStatus.Lost, late!.Status);
        Assert.Null(Assert.Single(silo.Faults).InnerException);
    }

    [Told(true)]
    [Told(false)]
    public static void A_silo_whose_primary_finds_itself_broken_leaves_and_what_was_acknowledged_is_with_the_other_member(bool byCaller) => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        SimLease broken = story.Lease(duration: byCaller ? null : TimeSpan.FromSeconds(1));
        story.Forget(broken);
        Break(story, story.A, broken.Key.Head);
        ScriptCall? free = byCaller ? story.Client.OnLease(OperationKind.Free, broken).SendTo(story.A) : null;
        story.Until(() => story.A.Faults.Count == 1, "the primary finds itself broken");
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        ScriptCall read = story.Client.Read(lease).SendTo(story.A);
        story.Pass(TimeSpan.FromSeconds(1));
        Assert.False(write.IsAnswered || read.IsAnswered || free is { IsAnswered: true, Status: OperationStatus.Ok }, "it answers nothing any more");
        Assert.Null(story.CopyAt(story.A));

        story.Kill(story.A);
        story.A.HasBadMemory = false;
        story.Until(() => story.Serves(story.B), "the other member takes over");
        Assert.Equal(1, story.Read(lease));
        story.Await(write.Insist());
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void A_member_that_finds_itself_broken_takes_nothing_over() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        SimLease broken = story.Lease();
        story.Forget(broken);
        Break(story, story.B, broken.Key.Head);
        ScriptCall free = story.Client.OnLease(OperationKind.Free, broken).SendTo(story.A);
        story.Until(() => story.B.Faults.Count == 1, "the member finds itself broken");
        Assert.False(free.IsAnswered);
        story.Kill(story.A);
        story.Pass(TimeSpan.FromSeconds(5));
        Assert.NotEqual(story.B.Id, story.Row.Primary);
        story.Kill(story.B);
        story.B.HasBadMemory = false;
        story.Until(() => story.Serves(story.C), "the sound member takes over");
        story.Write(lease, 1);
        story.Await(free.Insist());
    });

    /// <summary>A bit of what a silo knows of a block turns over.</summary>
    private static void Break(Story story, SimSilo silo, int block)
    {
        silo.HasBadMemory = true;
        story.CopyAt(silo)!.Store[block].Head = story.World.Geometry.BlockCount - 1;
    }
}
