package io.headrace.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/// One client: collects a request, has it answered on a virtual thread, reads on.
///
/// While a request is served nothing is read, so a client that sends ahead meets TCP's back-pressure.
///
/// Threads: its loop, but for [#answer].
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final System.Logger LOG = System.getLogger(HttpConnection.class.getName());
    private static final int ZIP_BYTES_MIN = 4 << 10;
    private static final long LINGER_MILLIS = 1_000;

    private final HttpListener http;
    private io.netty.handler.codec.http.HttpRequest head; // null between requests
    private ByteArrayOutputStream body;
    private int bodyMemory;
    private boolean serving; // the input rests
    private boolean ending; // what comes is not looked at any more
    private final ArrayDeque<HttpObject> ahead = new ArrayDeque<>(); // read with the request before; one read's worth
    private ScheduledFuture<?> patience; // for the next request, or the rest of this one

    HttpConnection(HttpListener http) {
        this.http = http;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        beginWaiting(context);
    }

    private void beginWaiting(ChannelHandlerContext context) {
        patience =
                context.executor().schedule(() -> context.close(), http.limits().idleMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject piece) {
        if (ending) {
            return;
        }
        if (serving) {
            ahead.add(ReferenceCountUtil.retain(piece));
        } else {
            take(context, piece);
        }
    }

    private void take(ChannelHandlerContext context, HttpObject piece) {
        if (piece.decoderResult().isFailure()) {
            refuse(context, statusOf(piece.decoderResult().cause()));
            return;
        }
        if (piece instanceof io.netty.handler.codec.http.HttpRequest request) {
            begin(context, request);
        }
        if (piece instanceof HttpContent content && !ending) {
            collect(context, content);
        }
    }

    private static HttpResponseStatus statusOf(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            default -> HttpResponseStatus.BAD_REQUEST; // whatever else the codec cannot read
        };
    }

    private void begin(ChannelHandlerContext context, io.netty.handler.codec.http.HttpRequest request) {
        patience.cancel(false);
        beginWaiting(context);
        head = request;
        body = new ByteArrayOutputStream(0);
        if (HttpUtil.getContentLength(request, 0L) > http.limits().bodyBytesMax()) {
            refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        } else if (HttpUtil.is100ContinueExpected(request)) {
            context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void collect(ChannelHandlerContext context, HttpContent content) {
        int bytes = content.content().readableBytes();
        if (body.size() + bytes > http.limits().bodyBytesMax()) {
            refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
            return;
        }
        if (bytes > 0) {
            if (!http.takeMemory(bytes)) {
                refuse(context, HttpResponseStatus.SERVICE_UNAVAILABLE);
                return;
            }
            bodyMemory += bytes;
            var copy = new byte[bytes];
            content.content().readBytes(copy);
            body.writeBytes(copy);
        }
        if (content instanceof LastHttpContent) {
            serve(context);
        }
    }

    private void serve(ChannelHandlerContext context) {
        serving = true;
        context.channel().config().setAutoRead(false);
        patience.cancel(false);
        var request = new HttpRequest(
                head.method().name(),
                head.uri(),
                headers(),
                body.toByteArray(),
                context.channel().remoteAddress());
        boolean inChunks = head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
        boolean keepAlive = HttpUtil.isKeepAlive(head);
        try {
            http.threads().execute(() -> answer(context, request, keepAlive, inChunks));
        } catch (RejectedExecutionException stopped) {
            refuse(context, HttpResponseStatus.SERVICE_UNAVAILABLE);
        }
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        head.headers()
                .forEach(header -> headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return headers;
    }

    /// On a virtual thread.
    private void answer(ChannelHandlerContext context, HttpRequest request, boolean keepAlive, boolean inChunks) {
        HttpResponse response;
        try {
            http.places().acquire();
            try {
                response = zipped(request, http.service().serve(request));
            } finally {
                http.places().release();
            }
        } catch (InterruptedException stopped) {
            response = HttpResponse.empty(503);
        } catch (Throwable trouble) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "http " + request.remote() + ": " + request.method() + " " + request.rawPath() + " failed",
                    trouble);
            response = HttpResponse.text(500, "internal error, see the broker logfile\n");
        }
        var done = response;
        if (done.content().isPresent()) {
            stream(context, request, done, keepAlive, inChunks);
        } else {
            context.executor().execute(() -> write(context, done, keepAlive));
        }
    }

    /// Who reads slowly keeps a place among those who are sent something, not among those who are served.
    private void stream(
            ChannelHandlerContext context,
            HttpRequest request,
            HttpResponse response,
            boolean keepAlive,
            boolean inChunks) {
        boolean zip = acceptsZip(request);
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()));
        setHeaders(head, zip ? response.with("content-encoding", "gzip") : response);
        HttpUtil.setTransferEncodingChunked(head, inChunks);
        HttpUtil.setKeepAlive(head, keepAlive && inChunks); // without chunks its end is the connection's
        try {
            http.streams().acquire();
            try {
                context.writeAndFlush(head);
                if (!request.method().equals("HEAD")) {
                    var pieces = new Pieces(context, http.limits().idleMillis());
                    var out = zip ? new GZIPOutputStream(pieces) : pieces;
                    response.content().orElseThrow().writeTo(out);
                    out.close(); // and not if that failed: it would look whole
                }
            } finally {
                http.streams().release();
            }
            context.executor()
                    .execute(() -> finish(
                            context, context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), keepAlive && inChunks));
        } catch (IOException | InterruptedException lost) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "http {0}: {1} {2} cut: {3}",
                    request.remote(),
                    request.method(),
                    request.rawPath(),
                    lost.getMessage());
            context.close();
        } catch (Throwable trouble) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "http " + request.remote() + ": " + request.method() + " " + request.rawPath() + " cut",
                    trouble);
            context.close();
        }
    }

    private static boolean acceptsZip(HttpRequest request) {
        return request.header("accept-encoding").orElse("").contains("gzip");
    }

    private static HttpResponse zipped(HttpRequest request, HttpResponse response) throws IOException {
        if (response.body().length < ZIP_BYTES_MIN || !acceptsZip(request)) {
            return response;
        }
        var zipped = new ByteArrayOutputStream(response.body().length / 4);
        try (var zip = new GZIPOutputStream(zipped)) {
            zip.write(response.body());
        }
        return response.withBody(zipped.toByteArray()).with("content-encoding", "gzip");
    }

    private void write(ChannelHandlerContext context, HttpResponse response, boolean keepAlive) {
        var message = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                Unpooled.wrappedBuffer(response.body()));
        setHeaders(message, response);
        if (response.status() != HttpResponseStatus.NO_CONTENT.code()) {
            message.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        HttpUtil.setKeepAlive(message, keepAlive);
        finish(context, context.writeAndFlush(message), keepAlive);
    }

    private static void setHeaders(io.netty.handler.codec.http.HttpResponse message, HttpResponse response) {
        response.headers().forEach((name, value) -> message.headers().set(name, value));
        if (!response.contentType().isEmpty()) {
            message.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        }
    }

    /// @param written the end of the answer
    private void finish(ChannelHandlerContext context, ChannelFuture written, boolean keepAlive) {
        forget();
        if (keepAlive) {
            beginWaiting(context);
            written.addListener(done -> {
                if (done.isSuccess()) {
                    goOn(context);
                }
            });
        } else {
            ending = true;
            written.addListener(_ -> linger(context));
        }
    }

    /// The answer is out: the next request.
    private void goOn(ChannelHandlerContext context) {
        serving = false;
        while (!serving && !ending && !ahead.isEmpty()) {
            var piece = ahead.poll();
            try {
                take(context, piece);
            } finally {
                ReferenceCountUtil.release(piece);
            }
        }
        if (!serving) {
            context.channel().config().setAutoRead(true);
        }
    }

    /// Closes when the peer has closed, or after a moment. A socket that is closed while bytes are unread is reset,
    /// and the answer may be lost with it.
    private void linger(ChannelHandlerContext context) {
        if (context.channel() instanceof SocketChannel socket && socket.isActive()) {
            var tls = context.pipeline().get(SslHandler.class);
            if (tls == null) {
                socket.shutdownOutput();
            } else {
                tls.closeOutbound().addListener(_ -> socket.shutdownOutput()); // TLS has an end of its own
            }
            context.channel().config().setAutoRead(true);
            patience = context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// Says why and closes: what follows cannot be told from the rest of what was refused.
    private void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
        ending = true;
        patience.cancel(false);
        write(
                context,
                HttpResponse.of(
                        status.code(),
                        HttpResponse.JSON,
                        ("{\"error\":\"bad_request\",\"reason\":\"" + status.reasonPhrase() + "\"}").getBytes()),
                false);
    }

    private void forget() {
        http.giveMemory(bodyMemory);
        bodyMemory = 0;
        head = null;
        body = null;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (patience != null) {
            patience.cancel(false);
        }
        http.giveMemory(bodyMemory);
        bodyMemory = 0;
        ahead.forEach(ReferenceCountUtil::release);
        ahead.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof ClosedChannelException)) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "http " + context.channel().remoteAddress() + ": closed, something is wrong here",
                    cause);
        }
        context.close();
    }
}
