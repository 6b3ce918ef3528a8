using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Tests.Linearizability.Models;

public sealed class KeyValueModelTests
{
    [Fact]
    public void A_key_is_empty_then_put_then_appended_to()
    {
        var model = new KeyValueModel();
        string state = model.Apply(model.Initial, new(KeyValueOperation.Get, "k"), out string output);
        Assert.Equal("", output);
        state = model.Apply(state, new(KeyValueOperation.Append, "k", "a"), out output);
        state = model.Apply(state, new(KeyValueOperation.Append, "k", "b"), out output);
        Assert.Equal("", output);
        model.Apply(state, new(KeyValueOperation.Get, "k"), out output);
        Assert.Equal("ab", output);
        Assert.Equal("c", model.Apply(state, new(KeyValueOperation.Put, "k", "c"), out _));
    }
}
