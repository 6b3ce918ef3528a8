using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Tests.Linearizability.Models;

public sealed class BlockWordModelTests
{
    private readonly BlockWordModel _model = new(32);

    [Fact]
    public void A_block_is_zero_at_first() => Assert.Equal(BlockContent.Zeros(32), _model.Initial);

    [Fact]
    public void A_write_changes_its_range_only()
    {
        BlockContent state = _model.Apply(_model.Initial, BlockInput.Write(0, 3, [1, 2]), out BlockOutput output);
        Assert.Equal(BlockOutput.Written, output);
        Assert.Equal([0, 0, 0, 1, 2, 0], state.Bytes[..6].ToArray());
        Assert.Same(state, _model.Apply(state, BlockInput.Read(0, 2, 4), out output));
        Assert.Equal(BlockOutput.Read([0, 1, 2, 0]), output);
    }

    [Fact]
    public void A_compare_exchange_answers_the_value_found()
    {
        BlockContent state = _model.Apply(_model.Initial, BlockInput.CompareExchange(0, 8, 0, 7), out BlockOutput output);
        Assert.Equal(BlockOutput.Word(true, 0), output);
        Assert.Same(state, _model.Apply(state, BlockInput.CompareExchange(0, 8, 0, 9), out output));
        Assert.Equal(BlockOutput.Word(false, 7), output);
    }

    [Fact]
    public void An_addition_answers_the_sum_and_wraps()
    {
        BlockContent state = _model.Apply(_model.Initial, BlockInput.Add(0, 16, long.MaxValue), out _);
        _model.Apply(state, BlockInput.Add(0, 16, 1), out BlockOutput output);
        Assert.Equal(BlockOutput.Word(true, long.MinValue), output);
    }

    [Fact]
    public void A_torn_read_of_a_block_is_found()
    {
        byte[] ones = [.. Enumerable.Repeat((byte)1, 32)];
        byte[] torn = [.. ones[..16], .. new byte[16]];
        HistoryOperation<BlockInput, BlockOutput> write = new(0, BlockInput.Write(0, 0, ones), BlockOutput.Written, 0, 9);
        HistoryOperation<BlockInput, BlockOutput> read = new(1, BlockInput.Read(0, 0, 32), BlockOutput.Read(torn), 1, 8);
        Assert.Equal(Verdict.NotLinearizable, Check(write, read));
        Assert.Equal(Verdict.Linearizable, Check(write, read with { Output = BlockOutput.Read(ones) }));
        Assert.Equal(Verdict.Linearizable, Check(write, read with { Output = BlockOutput.Read(new byte[32]) }));
    }

    private Verdict Check(params HistoryOperation<BlockInput, BlockOutput>[] history) =>
        LinearizabilityChecker.Check(_model, history, input => input.Block, CheckBudget.Default).Verdict;
}
