/**
 * A customer's list of domains: copies values, checks at once, and shows what has changed without loading the page again.
 */
( function () {
	'use strict';

	const texts = window.domainBridgeCustomer || {};
	const SOON = 2000;
	const LATER = 15000;
	/** How often a row asks by itself: for a quarter of an hour, or a minute after "Check now". */
	const CHECKS = 60;
	const CHECKS_SOON = 30;

	/** What a row shows, as the server made it: before buttons were shown and messages added. */
	const shown = new WeakMap();

	/** UM's row around an element: title, badge, entries and actions. */
	function rowOf( element ) {
		return element.closest( '.wu-block, tr' ) || element.parentElement;
	}

	/** Copy buttons are for people with JavaScript. */
	function showCopy( root ) {
		root.querySelectorAll( '.domain-bridge-copy' ).forEach( function ( button ) {
			button.hidden = false;
		} );
	}

	async function ask( url ) {
		const response = await fetch( url, { credentials: 'same-origin', headers: { accept: 'application/json' } } );
		const answer = response.ok ? await response.json() : { success: false };
		return answer.success ? answer.data : null;
	}

	/** Shows an answer; what is the same is left alone, so that it is not read out again. */
	function show( domain, data ) {
		const template = document.createElement( 'template' );
		template.innerHTML = data.html;
		const fresh = template.content.firstElementChild;
		if ( fresh && shown.get( domain ) !== fresh.outerHTML ) {
			shown.set( domain, fresh.outerHTML );
			domain.className = fresh.className;
			domain.innerHTML = fresh.innerHTML;
			showCopy( domain );
		}
		if ( data.live ) {
			const badge = rowOf( domain ).querySelector( '.wu-font-mono' );
			const link = rowOf( domain ).querySelector( '.domain-bridge-check' );
			if ( badge && data.badge.label ) {
				badge.textContent = data.badge.label;
			}
			if ( link ) {
				link.hidden = true;
			}
			rowOf( domain ).querySelectorAll( '.domain-bridge-later' ).forEach( function ( later ) {
				later.classList.remove( 'domain-bridge-later' );
			} );
		}
	}

	/** Asks again until the domain is live, or so many times. */
	function watch( domain, pause, left ) {
		window.clearTimeout( Number( domain.dataset.timer ) );
		if ( left <= 0 || domain.classList.contains( 'is-live' ) ) {
			return;
		}
		domain.dataset.timer = String( window.setTimeout( async function () {
			if ( ! document.hidden ) {
				const data = await ask( domain.dataset.status ).catch( function () {
					return null;
				} );
				if ( data ) {
					show( domain, data );
				}
			}
			watch( domain, left === 1 && pause === SOON ? LATER : pause, left === 1 && pause === SOON ? CHECKS : left - 1 );
		}, pause ) );
	}

	async function check( link ) {
		const domain = rowOf( link ).querySelector( '.domain-bridge-domain' );
		if ( ! domain ) {
			return;
		}
		link.setAttribute( 'aria-disabled', 'true' );
		const line = document.createElement( 'span' );
		line.className = 'domain-bridge-line';
		line.textContent = texts.checking || '';
		domain.append( line );
		const data = await ask( link.href + '&script=1' ).catch( function () {
			return null;
		} );
		link.removeAttribute( 'aria-disabled' );
		if ( data ) {
			show( domain, data );
			line.textContent = data.message;
		}
		if ( ! line.textContent || ! data ) {
			line.remove();
		} else {
			domain.append( line );
			shown.delete( domain );
		}
		watch( domain, SOON, CHECKS_SOON );
	}

	/** The clipboard of today's browsers is there on secure pages only, and a customer's site may not be one yet. */
	function copyText( text ) {
		if ( navigator.clipboard ) {
			return navigator.clipboard.writeText( text );
		}
		const area = document.createElement( 'textarea' );
		area.value = text;
		document.body.append( area );
		area.select();
		document.execCommand( 'copy' );
		area.remove();
		return Promise.resolve();
	}

	async function copy( button ) {
		await copyText( button.dataset.copy );
		const word = button.firstChild;
		const before = word.textContent;
		word.textContent = texts.copied || before;
		window.setTimeout( function () {
			word.textContent = before;
		}, SOON );
	}

	document.addEventListener( 'click', function ( event ) {
		const link = event.target.closest( 'a.domain-bridge-check' );
		const button = event.target.closest( '.domain-bridge-copy' );
		if ( link ) {
			event.preventDefault();
			if ( link.getAttribute( 'aria-disabled' ) !== 'true' ) {
				check( link );
			}
		} else if ( button ) {
			event.preventDefault();
			copy( button ).catch( function () {} );
		}
	} );

	function begin() {
		document.querySelectorAll( '.domain-bridge-domain' ).forEach( function ( domain ) {
			shown.set( domain, domain.outerHTML );
			watch( domain, LATER, CHECKS );
		} );
		showCopy( document );
	}

	if ( document.readyState === 'loading' ) {
		document.addEventListener( 'DOMContentLoaded', begin );
	} else {
		begin();
	}
}() );
