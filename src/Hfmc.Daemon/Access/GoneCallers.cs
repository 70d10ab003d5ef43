using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Access;

/// <summary>Who leaves in the middle of a question or an answer is no defect of the daemon: there is nobody to tell, and nothing to log.</summary>
sealed class GoneCallers(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception error) when (error is ConnectionResetException or ConnectionAbortedException
            || (error is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            context.Abort();
        }
    }
}
