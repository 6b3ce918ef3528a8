using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace OrleansPool.Abstractions.Tests.Errors;

/// <summary>An error thrown in a silo says the same in its caller.</summary>
public sealed class PoolExceptionTests
{
    private static readonly LeaseId Lease = new(new UInt128(0x1234567890abcdef, 42));

    private static readonly Serializer Orleans =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    /// <summary>One of each kind, with every property set.</summary>
    public static TheoryData<string> Kinds { get; } = [.. Errors().Select(error => error.GetType().Name)];

    [Fact]
    public void Every_kind_of_error_is_tested() => Assert.Equal(
        typeof(PoolException).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(PoolException))).Select(type => type.Name).Order(),
        Errors().Select(error => error.GetType().Name).Order());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_error_comes_through_Orleans_with_all_that_it_says(string kind)
    {
        PoolException error = Errors().Single(error => error.GetType().Name == kind);

        Exception? received = Orleans.Deserialize<Exception>(Orleans.SerializeToArray<Exception>(error));

        Assert.IsType(error.GetType(), received);
        foreach (var property in error.GetType().GetProperties().Where(property => property.DeclaringType!.IsAssignableTo(typeof(PoolException))))
        {
            object? sent = property.GetValue(error);
            Assert.NotNull(sent);
            Assert.Equal(sent, property.GetValue(received));
        }

        Assert.Equal(error.Message, received!.Message);
        Assert.Equal(error.InnerException?.Message, received.InnerException?.Message);
    }

    private static PoolException[] Errors()
    {
        var cause = new TimeoutException("the cause");
        return
        [
            new PoolException("said", "frames", Lease, cause),
            new LeaseExpiredException("said", "frames", Lease, cause),
            new LeaseFencedException("said", "frames", Lease, cause),
            new LockTimeoutException("said", "orders", TimeSpan.FromSeconds(2), "frames"),
            new PoolAccessDeniedException("said", "frames", Lease, cause),
            new PoolConfigurationException("said", "frames", Lease, cause),
            new PoolDataLossException("said", "frames", Lease, cause),
            new PoolExhaustedException("said", "frames", 100, 50, "node", 25, 3),
            new PoolIndeterminateException("said", "frames", Lease, "7/3", cause),
            new PoolQuotaExceededException("said", "frames", 100, 50, PoolLimit.OwnerBytes, "camera", 40, 45),
            new PoolUnavailableException("said", TimeSpan.FromSeconds(3), "frames", Lease, cause),
            new RegionNotFoundException("said", "frames", Lease, cause),
        ];
    }
}
