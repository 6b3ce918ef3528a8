using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansPool.Server.Tests.Faces;

/// <summary>Real requests to a real Kestrel whose buffers are reserved blocks.</summary>
[Collection(SharedCluster.Name)]
public sealed class KestrelTests(SharedCluster shared)
{
    private const int RequestCount = 8;

    [Theory, FromEachFace]
    public async Task Requests_are_received_into_a_reservation_that_is_kestrels_pool(Face face)
    {
        // Kestrel gathers up to 1 MiB of a request and 64 KiB of a response on each connection: enough for all of the requests below.
        using BlockReservation reservation = await shared.Fabric.As(face).ReserveAsync(1024);
        byte[] sent = Bytes();
        int takenMax = 0;

        byte[][] answers = await PostAsync(
            sent, options => { }, new ReservedPools(reservation), async context =>
            {
                await UnderWayAsync(context);
                takenMax = Math.Max(takenMax, reservation.BlockCount - reservation.FreeCount);
                byte[] hash = await SHA256.HashDataAsync(context.Request.Body);
                await context.Response.Body.WriteAsync(hash);
            });

        Assert.All(answers, answer => Assert.Equal(SHA256.HashData(sent), answer));
        Assert.True(takenMax > 0, "no block was ever taken");
        await FabricCluster.UntilAsync(() => new(reservation.FreeCount == reservation.BlockCount), "Kestrel gave every block back");
    }

    [Theory, FromEachFace]
    public async Task Answers_of_any_size_are_sent_by_way_of_pipes_over_a_reservation(Face face)
    {
        using BlockReservation reservation = await shared.Fabric.As(face).ReserveAsync(1024);
        byte[] sent = Bytes();
        int takenMax = 0;

        byte[][] answers = await PostAsync(
            sent, options => ReservedConnection.Use(options, reservation.AsMemoryPool()), null, async context =>
            {
                await UnderWayAsync(context);
                takenMax = Math.Max(takenMax, reservation.BlockCount - reservation.FreeCount);
                await context.Request.Body.CopyToAsync(context.Response.Body);
            });

        Assert.All(answers, answer => Assert.True(answer.AsSpan().SequenceEqual(sent)));
        Assert.True(takenMax > 0, "no block was ever taken");
        await FabricCluster.UntilAsync(() => new(reservation.FreeCount == reservation.BlockCount), "every connection gave its blocks back");
    }

    /// <summary>Waits until some of the request has arrived, and leaves it where it is: in blocks of the reservation.</summary>
    private static async Task UnderWayAsync(HttpContext context)
    {
        ReadResult read = await context.Request.BodyReader.ReadAsync();
        context.Request.BodyReader.AdvanceTo(read.Buffer.Start);
    }

    private static byte[] Bytes()
    {
        byte[] bytes = new byte[300_000];
        new Random(3).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Sends requests to a Kestrel of its own, all at once.</summary>
    private static async Task<byte[][]> PostAsync(
        byte[] body, Action<ListenOptions> listen, IMemoryPoolFactory<byte>? pools, Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (pools is not null) builder.Services.AddSingleton(pools);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen));
        await using WebApplication application = builder.Build();
        application.MapPost("/", answer);
        await application.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(application.Urls.First()) };
        byte[][] answers = await Task.WhenAll(Enumerable.Range(0, RequestCount).Select(async _ =>
        {
            using HttpResponseMessage response = await http.PostAsync("/", new ByteArrayContent(body));
            return await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        }));
        await application.StopAsync();
        return answers;
    }
}
