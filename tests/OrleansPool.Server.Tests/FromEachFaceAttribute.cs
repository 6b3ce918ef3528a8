using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace OrleansPool.Server.Tests;

/// <summary>Runs a theory once from a silo and once from an external client.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FromEachFaceAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow<Face>(Face.Silo), new TheoryDataRow<Face>(Face.Client)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
