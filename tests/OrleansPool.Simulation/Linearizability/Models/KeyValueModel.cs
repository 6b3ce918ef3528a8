namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>One key of a key-value store. A store's history is partitioned by <see cref="KeyValueInput.Key"/>. The output is the value, of a get only.</summary>
public sealed class KeyValueModel : ISequentialModel<string, KeyValueInput, string>
{
    /// <inheritdoc/>
    public string Initial => "";

    /// <inheritdoc/>
    public string Apply(string state, KeyValueInput input, out string output)
    {
        output = input.Kind == KeyValueOperation.Get ? state : "";
        return input.Kind switch
        {
            KeyValueOperation.Put => input.Value,
            KeyValueOperation.Append => state + input.Value,
            _ => state,
        };
    }

    /// <inheritdoc/>
    public bool OnlyLooks(KeyValueInput input, string output) => input.Kind == KeyValueOperation.Get;

    /// <inheritdoc/>
    public long BytesOf(string state) => state.Length * sizeof(char);
}
