using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using OrleansPool.Dashboard.Assets;
using OrleansPool.Dashboard.Pages;

namespace OrleansPool.Dashboard.Hosting;

/// <summary>Maps the pages.</summary>
public static class PoolDashboardEndpointExtensions
{
    /// <summary>Where the page about the pool is.</summary>
    public const string PoolPath = "/pool";

    /// <summary>Where the Orleans dashboard is.</summary>
    public const string OrleansPath = "/orleans";

    /// <summary>
    /// Maps the live page about the pool at <see cref="PoolPath"/>, the Orleans dashboard at <see cref="OrleansPath"/>, each with a way
    /// to the other, and sends the root to the pool. The page is complete as it is served; afterwards the server sends each section
    /// again when it has changed (server-sent events). Everything comes from this assembly.
    /// </summary>
    /// <remarks>The pages ask for no password and show names of leases and regions: serve them where only operators come.</remarks>
    public static IEndpointConventionBuilder MapPoolDashboard(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RouteGroupBuilder pages = endpoints.MapGroup("");
        pages.MapGet("/", () => Results.Redirect(PoolPath));
        pages.MapGet(PoolPath, ServePageAsync);
        pages.MapGet($"{PoolPath}/events", ServeEvents);
        foreach (EmbeddedAsset asset in EmbeddedAsset.All) pages.MapGet($"{PoolPath}/{asset.Name}", asset.Serve);
        OrleansPage.Map(pages);
        return pages;
    }

    private static async Task<IResult> ServePageAsync(PageFeed feed, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
        return Results.Content(await feed.PageAsync(context.RequestAborted), "text/html; charset=utf-8");
    }

    private static ServerSentEventsResult<string> ServeEvents(PageFeed feed, IHostApplicationLifetime lifetime, CancellationToken aborted) =>
        TypedResults.ServerSentEvents(EventsAsync(feed, lifetime, aborted));

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        PageFeed feed, IHostApplicationLifetime lifetime, [EnumeratorCancellation] CancellationToken aborted)
    {
        // A stream that never ends would hold the host's stop up.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        await foreach ((string section, string html) in feed.ChangesAsync(ended.Token))
        {
            yield return new SseItem<string>(html, section);
        }
    }
}
