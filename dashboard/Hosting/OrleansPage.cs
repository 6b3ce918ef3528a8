using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Orleans.Dashboard;

namespace OrleansPool.Dashboard.Hosting;

/// <summary>
/// The Orleans dashboard, with a way back to the pool. It has no place for the links of others, so its one page is served with a line
/// more.
/// </summary>
internal static class OrleansPage
{
    private const string EndOfBody = "</body>";

    private const string Link = $"""
        <a id="pool-link" href="{PoolDashboardEndpointExtensions.PoolPath}" style="position:fixed;right:20px;bottom:16px;z-index:2000;padding:8px 16px;border-radius:8px;background:#4f46e5;color:#fff!important;font:600 14px system-ui,sans-serif;text-decoration:none;box-shadow:0 2px 8px rgb(0 0 0/.25)">&larr; OrleansPool</a>
        """;

    public static void Map(RouteGroupBuilder pages)
    {
        RouteGroupBuilder orleans = pages.MapGroup("");
        orleans.MapOrleansDashboard(PoolDashboardEndpointExtensions.OrleansPath);
        orleans.AddEndpointFilter(AddLinkAsync);
    }

    /// <summary>Puts the link at the end of a page.</summary>
    public static string WithLink(string page)
    {
        int end = page.LastIndexOf(EndOfBody, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? page : page.Insert(end, Link);
    }

    private static async ValueTask<object?> AddLinkAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpRequest request = context.HttpContext.Request;
        if (!IsPage(request.Path)) return await next(context);

        // A page that is compressed, or not sent because it is known, cannot get a link.
        request.Headers.AcceptEncoding = default;
        request.Headers.IfNoneMatch = default;
        return await next(context) is FileContentHttpResult page
            ? Results.Content(WithLink(Encoding.UTF8.GetString(page.FileContents.Span)), page.ContentType)
            : Results.NotFound();
    }

    private static bool IsPage(PathString path) => path.Value is { } value
        && (value.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
            || value.TrimEnd('/').Equals(PoolDashboardEndpointExtensions.OrleansPath, StringComparison.OrdinalIgnoreCase));
}
