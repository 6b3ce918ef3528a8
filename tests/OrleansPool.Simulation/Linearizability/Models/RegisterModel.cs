namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>One register, which holds nothing at first. A comparison with nothing fails.</summary>
public sealed class RegisterModel : ISequentialModel<long?, RegisterInput, RegisterOutput>
{
    /// <inheritdoc/>
    public long? Initial => null;

    /// <inheritdoc/>
    public long? Apply(long? state, RegisterInput input, out RegisterOutput output)
    {
        bool isDone = input.Kind != RegisterOperation.CompareExchange || state == input.Expected;
        output = new RegisterOutput(isDone, input.Kind == RegisterOperation.Read ? state : null);
        return input.Kind == RegisterOperation.Read || !isDone ? state : input.Value;
    }

    /// <inheritdoc/>
    public bool OnlyLooks(RegisterInput input, RegisterOutput output) => input.Kind == RegisterOperation.Read || !output.Done;

    /// <inheritdoc/>
    public long BytesOf(long? state) => 0;
}
