namespace OrleansPool;

/// <summary>One lease of <see cref="IMemoryFabric.LeaseManyAsync"/>.</summary>
/// <param name="Pool">Name of the pool.</param>
/// <param name="Bytes">How much, rounded up to whole blocks; more than zero.</param>
/// <param name="Options">Duration, fallback, owner; <see cref="LeaseOptions.Default"/> when null.</param>
public readonly record struct LeaseItem(string Pool, long Bytes, LeaseOptions? Options = null);
