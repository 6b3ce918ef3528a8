using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using OrleansPool.Simulation.Witness;

namespace OrleansPool.Simulation.Tests.Witness;

public sealed class VersionWitnessTests
{
    private readonly Story _story = new();

    [Fact]
    public void A_run_without_operations_holds() => _story.AssertHolds();

    [Fact]
    public void Writes_additions_comparisons_and_reads_that_agree_with_the_stream_hold()
    {
        _story.Write(1, [1, 0, 0, 0, 0, 0, 0, 0], 0, 1);
        _story.Word(2, WitnessedKind.Add, 5, 0, 6, 2, 3);
        _story.Word(3, WitnessedKind.CompareExchange, 9, 6, 6, 4, 5);
        _story.Word(4, WitnessedKind.CompareExchange, 9, 6, 9, 6, 7, isMismatch: true);
        _story.Read(1, [1], 2, 3);
        _story.Read(3, [9], 8, 9);
        _story.Read(4, [9, 0], 8, 9);
        WitnessReport report = _story.AssertHolds();
        Assert.Equal((7, 4, 3), (report.OperationCount, report.ExecutedCount, report.ReadCount));
    }

    [Fact]
    public void A_block_is_zero_before_its_first_write()
    {
        _story.Read(0, [0, 0, 0], 0, 1);
        _story.AssertHolds();
        _story.Read(0, [0, 1, 0], 2, 3);
        _story.AssertFinds(ViolationKind.WrongBytes, "operation 1 ", "zeros that nothing wrote to");
    }

    [Fact]
    public void A_read_of_other_bytes_than_its_viewstamp_has_is_found()
    {
        _story.Write(1, [1], 0, 1);
        _story.Write(2, [2], 2, 3);
        _story.Read(2, [1], 4, 5);
        _story.AssertFinds(ViolationKind.WrongBytes, "operation 2 ", "those after 1/2 of segment 7");
    }

    [Fact]
    public void A_read_that_is_older_than_a_write_answered_before_it_is_found()
    {
        _story.Write(1, [1], 0, 1);
        _story.Write(2, [2], 2, 3);
        _story.Read(1, [1], 4, 5);
        _story.AssertFinds(ViolationKind.OutOfOrder, "operation 2 ", "operation 1 ");
    }

    [Fact]
    public void A_read_beside_a_write_may_see_either_version()
    {
        _story.Write(1, [1], 0, 1);
        _story.Write(2, [2], 2, 6);
        _story.Read(1, [1], 3, 4);
        _story.Read(2, [2], 5, 7);
        _story.AssertHolds();
    }

    [Fact]
    public void Operations_that_touch_in_one_moment_are_in_either_order()
    {
        _story.Write(1, [1], 0, 1);
        _story.Write(2, [2], 2, 3);
        _story.Read(1, [1], 3, 4);
        _story.AssertHolds();
    }

    [Fact]
    public void Reads_that_go_back_are_found()
    {
        _story.Write(1, [1], 0, 1);
        _story.Write(2, [2], 2, 20);
        _story.Read(2, [2], 3, 4);
        _story.Read(1, [1], 5, 6);
        _story.AssertFinds(ViolationKind.OutOfOrder, "operation 3 ", "operation 2 ");
    }

    [Fact]
    public void A_read_of_what_was_asked_for_only_later_is_found()
    {
        _story.Read(1, [1], 0, 1);
        _story.Write(1, [1], 2, 3);
        _story.AssertFinds(ViolationKind.OutOfOrder, "operation 1 ", "operation 0 ");
    }

    [Fact]
    public void A_stream_that_has_a_later_operation_first_is_found_even_over_two_blocks()
    {
        _story.Write(2, [1], 0, 1, block: 0);
        _story.Write(1, [2], 2, 3, block: 1);
        _story.AssertFinds(ViolationKind.OutOfOrder, "operation 1 ", "operation 0 ", "the stream");
    }

    [Fact]
    public void A_read_after_a_failed_comparison_may_name_the_version_before_it()
    {
        _story.Write(1, [1], 0, 1);
        _story.Word(2, WitnessedKind.CompareExchange, 9, 7, 1, 2, 3, isMismatch: true);
        _story.Read(1, [1], 4, 5);
        _story.AssertHolds();
    }

    [Fact]
    public void Two_operations_under_one_viewstamp_are_found()
    {
        _story.Write(1, [1], 0, 9);
        _story.Write(1, [2], 0, 9, block: 1);
        _story.AssertFinds(ViolationKind.ViewstampReused, "request 1/1,", "request 1/2,");
    }

    [Fact]
    public void One_allocation_is_about_many_blocks()
    {
        _story.Begin(WitnessedKind.Take, 1, generation: 1, block: 0);
        _story.Begin(WitnessedKind.Take, 1, generation: 1, block: 1);
        _story.AssertHolds();
        _story.Begin(WitnessedKind.Take, 1, generation: 1, block: 1);
        _story.AssertFinds(ViolationKind.ViewstampReused);
    }

    [Fact]
    public void A_request_that_ran_twice_is_found()
    {
        ExecutedOperation first = _story.Write(1, [1], 0, 1);
        _story.Execute(first with { Viewstamp = new(1, 2) });
        _story.AssertFinds(ViolationKind.ExecutedTwice, "1/1 of segment 7", "1/2 of segment 7", "request 1/1");
    }

    [Fact]
    public void Two_operations_under_one_request_are_found()
    {
        _story.Write(1, [1], 0, 1);
        _story.Tell(_story.Seen[0] with { Id = 5 });
        _story.AssertFinds(ViolationKind.RequestReused, "operation 0 ", "operation 5 ");
    }

    [Fact]
    public void An_acknowledged_write_that_is_not_in_the_stream_is_found()
    {
        _story.Write(1, [1], 0, 1);
        _story.Executed.Clear();
        _story.AssertFinds(ViolationKind.NeverExecuted, "operation 0 ");
    }

    [Fact]
    public void An_operation_that_nobody_asked_for_is_found()
    {
        _story.Write(1, [1], 0, 1);
        _story.Seen.Clear();
        _story.AssertFinds(ViolationKind.NobodyAsked, "request 1/1");
    }

    [Fact]
    public void A_refused_write_is_not_in_the_stream()
    {
        _story.Write(1, [1], 0, 1);
        _story.Seen[0] = _story.Seen[0] with { Outcome = WitnessedOutcome.Refused };
        _story.AssertFinds(ViolationKind.RefusedButExecuted, "operation 0 ");
        _story.Executed.Clear();
        _story.AssertHolds();
    }

    [Fact]
    public void An_unknown_write_may_be_in_the_stream_or_not()
    {
        _story.Write(1, [1], 0, long.MaxValue);
        _story.Read(1, [1], 3, 4);
        _story.AssertHolds();
        _story.Executed.Clear();
        _story.Seen.RemoveAt(1);
        _story.AssertHolds();
    }

    [Fact]
    public void An_unknown_write_is_not_in_the_stream_before_it_was_asked_for()
    {
        _story.Write(2, [2], 0, 1);
        _story.Write(1, [1], 2, long.MaxValue);
        _story.AssertFinds(ViolationKind.OutOfOrder, "operation 1 ", "operation 0 ");
    }

    [Fact]
    public void A_reply_that_is_not_the_stream_s_result_is_found()
    {
        _story.Word(1, WitnessedKind.Add, 5, 0, 5, 0, 1);
        WitnessedOperation told = _story.Seen[0];
        WitnessedOperation[] wrongs = [told with { Value = 6 }, told with { Viewstamp = new(1, 2) }, told with { Outcome = WitnessedOutcome.Mismatch }];
        foreach (WitnessedOperation wrong in wrongs)
        {
            _story.Seen[0] = wrong;
            _story.AssertFinds(ViolationKind.ReplyDiffers, "operation 0 ", "1/1 of segment 7");
        }
    }

    [Fact]
    public void What_ran_is_what_was_asked_for()
    {
        _story.Write(1, [1, 2], 0, 1);
        WitnessedOperation asked = _story.Seen[0];
        foreach (WitnessedOperation other in new[]
                 {
                     asked with { Block = 1 }, asked with { Generation = 2 }, asked with { Offset = 1 }, asked with { Count = 3 },
                     asked with { ContentHash = ContentHash.Of([1, 3]) },
                 })
        {
            _story.Seen[0] = other;
            _story.AssertFinds(ViolationKind.RequestDiffers, "operation 0 ", "1/1 of segment 7");
        }
    }

    [Fact]
    public void A_result_that_the_operations_before_it_do_not_lead_to_is_found()
    {
        _story.Write(1, [3, 0, 0, 0, 0, 0, 0, 0], 0, 1);
        _story.Word(2, WitnessedKind.Add, 5, 0, 9, 2, 3);
        _story.AssertFinds(ViolationKind.ResultDiffers, "1/2 of segment 7", "1/1 of segment 7", "should answer 8");
    }

    [Fact]
    public void A_comparison_that_fails_or_does_not_against_the_stream_is_found()
    {
        _story.Write(1, [3, 0, 0, 0, 0, 0, 0, 0], 0, 1);
        _story.Word(2, WitnessedKind.CompareExchange, 5, 3, 3, 2, 3, isMismatch: true);
        _story.AssertFinds(ViolationKind.ResultDiffers, "1/2 of segment 7");
    }

    [Fact]
    public void An_operation_beyond_its_block_is_found()
    {
        _story.Write(1, new byte[Story.BlockBytes + 1], 0, 1);
        _story.AssertFinds(ViolationKind.OutOfBounds, "1/1 of segment 7");
    }

    [Fact]
    public void A_new_owner_finds_zeros_and_the_former_one_nothing_new()
    {
        _story.Write(1, [1], 0, 1);
        _story.Begin(WitnessedKind.Take, 2, generation: 2);
        _story.Read(2, [0], 2, 3, generation: 2);
        _story.AssertHolds();
        _story.Read(2, [1], 2, 3, generation: 2);
        _story.AssertFinds(ViolationKind.WrongBytes, "operation 2 ");
    }

    [Fact]
    public void Bytes_survive_a_transfer_and_their_version_may_keep_its_viewstamp()
    {
        _story.Write(1, [1], 0, 1);
        _story.Begin(WitnessedKind.Transfer, 2, generation: 2);
        _story.Read(1, [1], 2, 3, generation: 2);
        _story.AssertHolds();
    }

    [Fact]
    public void A_former_owner_who_writes_is_found()
    {
        _story.Write(1, [1], 0, 1, generation: 2);
        _story.Write(2, [2], 2, 3, generation: 1);
        _story.AssertFinds(ViolationKind.OldGeneration, "1/2 of segment 7", "1/1 of segment 7");
    }

    [Fact]
    public void A_former_owner_who_reads_after_the_new_one_is_found()
    {
        _story.Write(1, [1], 0, 1, generation: 1);
        _story.Write(2, [2], 2, 3, generation: 2);
        _story.Read(1, [1], 4, 5, generation: 1);
        _story.AssertFinds(ViolationKind.OutOfOrder, "operation 2 ", "operation 1 ");
    }

    [Fact]
    public void A_lost_segment_serves_nobody_who_asks_later()
    {
        _story.Write(1, [1], 0, 1);
        _story.LostAt = 3;
        _story.Read(1, [1], 2, 5);
        _story.AssertHolds();
        _story.Read(1, [1], 4, 5);
        _story.AssertFinds(ViolationKind.ServedThoughLost, "operation 2 ", "lost at 3");
    }

    [Fact]
    public void An_operation_without_a_request_is_known_by_its_viewstamp()
    {
        ExecutedOperation executed = _story.Write(1, [1], 0, 1);
        _story.Seen[0] = _story.Seen[0] with { Session = 0 };
        _story.Executed[0] = executed with { Session = 0 };
        _story.AssertHolds();
        _story.Seen[0] = _story.Seen[0] with { Viewstamp = new(1, 9) };
        _story.AssertFinds(ViolationKind.NeverExecuted, "operation 0 ");
    }

    [Fact]
    public void An_outcome_is_unknown_exactly_while_it_is_not_complete()
    {
        var witness = new VersionWitness(8);
        Assert.Throws<ArgumentException>(() => witness.Record(new WitnessedOperation { Outcome = WitnessedOutcome.Ok, CompletedAt = long.MaxValue }));
        Assert.Throws<ArgumentException>(() => witness.Record(new WitnessedOperation { Outcome = WitnessedOutcome.Unknown, CompletedAt = 1 }));
        Assert.Throws<ArgumentException>(() => witness.Record(new WitnessedOperation { Outcome = WitnessedOutcome.Ok, InvokedAt = 2, CompletedAt = 1 }));
    }

    [Fact]
    public void Violations_beyond_the_first_are_counted()
    {
        for (int i = 0; i < 500; i++) _story.Read(0, [1], i, i);
        WitnessReport report = _story.Check();
        Assert.Equal((500, 100), (report.ViolationCount, report.Violations.Count));
    }

    [Fact]
    public void An_operation_is_as_small_as_is_said() =>
        Assert.Equal((112, 104), (Unsafe.SizeOf<WitnessedOperation>(), Unsafe.SizeOf<ExecutedOperation>()));

    [Fact]
    public void A_run_of_many_operations_is_checked_whole_and_again()
    {
        const int Count = 200_000;
        var witness = new VersionWitness(8);
        byte[] bytes = new byte[8];
        for (int i = 1; i <= Count; i++)
        {
            int block = i % 100;
            BinaryPrimitives.WriteInt64LittleEndian(bytes, i);
            WitnessedOperation write = new()
            {
                Id = i,
                Kind = WitnessedKind.Write,
                Outcome = WitnessedOutcome.Ok,
                Segment = 1,
                Block = block,
                Generation = 1,
                Count = 8,
                ContentHash = ContentHash.Of(bytes),
                Session = 1,
                Number = (ulong)i,
                InvokedAt = 4L * i,
                CompletedAt = 4L * i + 6,
                Viewstamp = new(1, (ulong)i),
            };
            witness.Record(write);
            witness.Record(write with { Kind = WitnessedKind.Read, Session = 0, Number = 0, InvokedAt = 4L * i + 3, CompletedAt = 4L * i + 7 });
            witness.RecordExecuted(
                new ExecutedOperation
                {
                    Kind = WitnessedKind.Write,
                    Segment = 1,
                    Block = block,
                    Generation = 1,
                    Bytes = bytes,
                    Session = 1,
                    Number = (ulong)i,
                    Viewstamp = new(1, (ulong)i),
                });
        }

        WitnessReport report = witness.Check();
        Assert.True(report.Holds, string.Join('\n', report.Violations.Take(3)));
        Assert.Equal((2 * Count, Count, Count), (report.OperationCount, report.ExecutedCount, report.ReadCount));
        Assert.Equal(report with { Violations = [] }, witness.Check() with { Violations = [] });
    }
}
