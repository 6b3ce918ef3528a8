using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Tests.Linearizability;

public sealed class HistoryRecorderTests
{
    [Fact]
    public void What_ended_before_something_began_has_the_lower_time()
    {
        var recorder = new HistoryRecorder<RegisterInput, RegisterOutput>();
        int write = recorder.Invoke(1, new(RegisterOperation.Write, 5));
        recorder.Return(write, new(true));
        int read = recorder.Invoke(2, new(RegisterOperation.Read));
        recorder.Return(read, new(true, 5));
        Assert.Equal([(1L, 2L), (3L, 4L)], recorder.History().Select(one => (one.InvokedAt, one.ReturnedAt)));
    }

    [Fact]
    public void What_is_not_returned_is_unknown_and_what_is_discarded_never_was()
    {
        var recorder = new HistoryRecorder<RegisterInput, RegisterOutput>();
        recorder.Invoke(1, new(RegisterOperation.Write, 5));
        recorder.Discard(recorder.Invoke(2, new(RegisterOperation.Write, 6)));
        HistoryOperation<RegisterInput, RegisterOutput> left = Assert.Single(recorder.History());
        Assert.Equal(5, left.Input.Value);
        Assert.False(left.IsKnown);
    }

    [Fact]
    public void An_operation_ends_once()
    {
        var recorder = new HistoryRecorder<RegisterInput, RegisterOutput>();
        int ticket = recorder.Invoke(1, new(RegisterOperation.Read));
        recorder.Return(ticket, new(true));
        Assert.Throws<InvalidOperationException>(() => recorder.Return(ticket, new(true)));
        Assert.Throws<InvalidOperationException>(() => recorder.Discard(ticket));
    }

    [Fact]
    public async Task Threads_on_a_register_under_a_lock_make_a_linearizable_history()
    {
        var recorder = new HistoryRecorder<RegisterInput, RegisterOutput>();
        var model = new RegisterModel();
        var gate = new Lock();
        long? state = model.Initial;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(() =>
        {
            var random = new Random(client);
            for (int i = 0; i < 2_000; i++)
            {
                var input = new RegisterInput((RegisterOperation)random.Next(3), random.Next(5), random.Next(5));
                int ticket = recorder.Invoke(client, input);
                RegisterOutput output;
                lock (gate) state = model.Apply(state, input, out output);
                recorder.Return(ticket, output);
            }
        })));
        Assert.Equal(8_000, recorder.History().Count);
        Assert.Equal(Verdict.Linearizable, LinearizabilityChecker.Check(model, recorder.History(), CheckBudget.Default).Verdict);
    }
}
