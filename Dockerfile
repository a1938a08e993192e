# The sidecar in one file, on a small image, without root.
FROM node:24-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY sidecar ./sidecar
COPY wp-plugin ./wp-plugin
RUN npm run --silent bundle

FROM node:24-alpine
LABEL org.opencontainers.image.title="Domain Bridge for ServerPilot" \
      org.opencontainers.image.licenses="GPL-2.0-or-later"
WORKDIR /app
COPY --from=build /src/dist/ ./
ENV NODE_ENV=production NODE_OPTIONS=--max-old-space-size=1024 HOST=0.0.0.0 PORT=8787
USER node
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "domain-bridge.cjs"]
CMD ["serve"]
