namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>An input that broke a promise.</summary>
/// <param name="Seed">The seed that makes this input first.</param>
/// <param name="What">Which promise.</param>
/// <param name="Input">The bytes.</param>
internal sealed record FuzzFailure(ulong Seed, string What, byte[] Input);
